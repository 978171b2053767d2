"""What went wrong with money and state in other systems, and the test of ours that is named after each.

A case is a public issue, a CVE or the code of a system that does this job. Its test names it in its name or its docstring,
so that whoever breaks it reads what it cost others. The shop has neither coupons nor group-buys: what went wrong with them
elsewhere (over-claimed, lost on a cancel, refunded members still counted) is tested with flash-sale places, which are what it
has that is limited, claimed by many at once, given back, and counted.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

# What happened → (case, where its test is).
CASES: dict[str, list[tuple[str, str]]] = {
    "a second or forged call moved a shipped or unpaid order to paid": [
        ("litemall #271", "payments/test_notifications.py::test_a_second_paid_message_moves_no_order_that_has_left"),
        ("newbee CVE-2025-10422", "payments/test_notifications.py::test_a_forged_call_to_the_hook_pays_nothing"),
        ("newbee", "payments/test_inbox.py::test_newbee_a_forged_paid_call_and_probes_are_refused_and_recorded"),
    ],
    "the signature was never verified, the amount not checked": [
        ("CRMEB", "payments/test_notifications.py::test_a_message_whose_signature_does_not_verify_is_refused"),
        ("crmeb", "payments/test_misfits.py::test_crmeb_a_payment_is_believed_only_when_every_fact_fits"),
        ("CRMEB", "payments/test_combined.py::test_one_wrong_part_refuses_the_message_and_leaves_a_trace_in_both_stores"),
    ],
    "payment after the cancel revived the order or was kept": [
        ("litemall, yudao", "payments/test_closing.py::test_late_money_for_a_cancelled_order_goes_back_by_itself"),
        ("litemall, yudao", "payments/test_combined.py::test_late_money_of_one_order_goes_back_and_the_other_is_paid"),
    ],
    "the payment was never closed at the provider": [
        ("yudao", "payments/test_closing.py::test_an_unpaid_order_is_closed_at_the_provider_before_its_stock_is_released"),
    ],
    "one refund number for each order": [
        ("litemall", "returns/test_refund_only.py::test_two_parts_have_a_refund_number_each_and_the_last_one_takes_the_freight"),
        ("litemall", "returns/test_money.py::test_each_part_has_a_number_of_its_own_and_ends_with_the_notification"),
    ],
    "the client set the amount, or a negative one credited": [
        ("macrozheng #613", "payments/test_attempts.py::test_the_client_cannot_set_the_amount"),
        ("macrozheng #613 #998", "orders/test_place_refusals.py::test_amounts_sent_by_the_client_are_refused_or_only_compared"),
        ("CVE-2026-109406", "orders/test_place_refusals.py::test_negative_and_huge_quantities_never_reach_the_shelf"),
    ],
    "a lock that could be missed made an order of nothing": [
        ("yshop", "orders/test_place_refusals.py::test_a_contended_request_waits_and_is_priced_and_reserved_like_any_other"),
    ],
    "overselling": [
        ("macrozheng #185 #353 #376 #883", "orders/test_place_races.py::test_the_last_unit_is_sold_once_with_the_lock_and_more_often_without"),
        ("vendure #3508", "orders/test_place_refusals.py::test_many_at_once_get_exactly_what_is_there"),
        ("ShopXO #38", "orders/test_place_refusals.py::test_many_at_once_get_exactly_what_is_there"),
        ("saleor #543", "orders/test_place_refusals.py::test_many_at_once_get_exactly_what_is_there"),
        ("medusa #16502", "orders/test_place_refusals.py::test_two_lines_of_one_sku_cannot_oversell"),
        ("macrozheng #185", "orders/test_place_kill.py::test_acknowledged_orders_survive_kill_9_exactly_once"),
    ],
    "cancel restored stock that was never taken": [
        ("hioshop #17", "orders/test_place_refusals.py::test_a_cancel_gives_back_only_what_was_held_and_only_once"),
    ],
    "budgets and limits were passed by concurrent requests": [
        ("litemall #581", "promotions/test_flash_races.py::test_a_buyer_in_several_processes_keeps_to_his_limit"),
        ("litemall #262", "promotions/test_flash_races.py::test_200_buyers_for_20_units_over_http_in_two_processes"),
        ("litemall #163", "promotions/test_flash_sale.py::test_an_unpaid_order_gives_its_unit_back_to_the_sale_and_to_stock_after_it"),
    ],
    "who was refunded still counted; who never paid made a group full": [
        ("CRMEB #27", "promotions/test_flash_refunds.py::test_who_was_refunded_is_not_counted_any_more"),
        ("litemall #159", "promotions/test_flash_refunds.py::test_a_sale_that_is_over_counts_nobody_who_did_not_pay"),
    ],
    "payment taken, order missing; lost messages": [
        ("medusa #9980", "payments/test_notifications.py::test_payment_taken_but_no_message_is_found_by_the_query_schedule"),
        ("saleor #9961", "payments/test_notifications.py::test_payment_taken_but_no_message_is_found_by_the_query_schedule"),
        ("medusa #16825", "payments/test_closing.py::test_a_payment_found_while_closing_is_confirmed"),
        ("medusa #9980", "reconciliation/test_days.py::test_a_payment_that_nobody_heard_of_is_found_and_finished"),
    ],
    "deadlock between webhook and checkout": [
        ("saleor #12652 #14649", "payments/test_races.py::test_webhook_and_checkout_do_not_deadlock"),
    ],
    "one poison message blocked the queue": [
        ("macrozheng_881", "payments/test_inbox.py::test_macrozheng_881_a_poison_message_becomes_a_dead_letter_and_blocks_nobody"),
    ],
    "stock locked for ever by unpaid orders": [
        ("dujiao-next #105", "orders/test_place_refusals.py::test_open_unpaid_orders_are_limited_even_when_they_come_at_once"),
        ("dujiao-next #105", "orders/test_place_races.py::test_a_buyer_in_several_processes_keeps_to_five_unpaid_orders"),
    ],
}  # fmt: skip


@cache
def functions(file: str) -> dict[str, str]:
    """The tests of a file by name, each with its docstring."""
    tree = ast.parse((TESTS / file).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize(
    ("case", "test"),
    [one for cases in CASES.values() for one in cases],
    ids=lambda text: text.split("::")[-1],
)
def test_each_case_has_a_test_that_names_it(case: str, test: str) -> None:
    file, name = test.split("::")
    known = functions(file)
    assert name in known, f"{test} is gone: what happened to others would go unnoticed"
    assert case in f"{name} {known[name]}", f"{test} no longer names {case}"
