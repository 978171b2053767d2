"""Bills of a day: the trade bill and the fund-flow bill, made from what the platform holds, with differences on order."""
