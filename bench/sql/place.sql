-- What placing an order of two lines leaves behind, written one order at a time: the same rows, the same locks in the same
-- order, the same reads, ids in ascending order, one statement for each table, prepared, durable. Run by pgbench with -M prepared.
\set one random(0, :skus - 1)
\set two random(0, :skus - 1)
\set buyer random(1, 1000000000)
\set n :n + 1
\set number :run * 1000000000000 + :client_id * 1000000000 + :n
BEGIN;
INSERT INTO idempotency_key (store_id, owner_id, key, fingerprint, result, created_at)
  VALUES (:store::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid, :number::bigint::text, sha256(:number::bigint::text::bytea), 'null', now())
  ON CONFLICT DO NOTHING RETURNING key;
INSERT INTO buyer_gate (store_id, customer_id, placed_at)
  VALUES (:store::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid, now())
  ON CONFLICT (store_id, customer_id) DO UPDATE SET placed_at = excluded.placed_at;
SELECT sku_id, on_hand, reserved, safety, sold_out_until FROM stock
  WHERE store_id = :store::uuid AND location_id = :store::uuid
    AND sku_id IN (SELECT sku_id FROM bench_sku WHERE n IN (:one::int, :two::int)) ORDER BY sku_id FOR UPDATE;
SELECT slug, name, currency, status, settings, paused, paused_until FROM store WHERE store_id = :store::uuid;
SELECT s.id, s.price, s.weight_g, s.buy_limit, s.active, p.status, p.modifiers, p.delivery_methods
  FROM sku s JOIN product p ON p.store_id = s.store_id AND p.id = s.product_id
  WHERE s.store_id = :store::uuid AND s.id IN (SELECT sku_id FROM bench_sku WHERE n IN (:one::int, :two::int));
SELECT count(*) FROM sales_order WHERE store_id = :store::uuid
  AND customer_id = ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid AND status IN ('pending_payment', 'closing');
INSERT INTO daily_counter (store_id, name, day, value) VALUES (:store::uuid, 'pickup', 'pgbench', 1)
  ON CONFLICT (store_id, name, day) DO UPDATE SET value = daily_counter.value + 1 RETURNING value;
INSERT INTO sales_order (store_id, id, status, currency, placed_at, pay_by, number, customer_id, channel, delivery_method,
    items_total, packing_fee, shipping_fee, discount_total, tax, total, quantity, trace, contact_sealed, contact_phone_index,
    pickup_number, pickup_code)
  VALUES (:store::uuid, ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, 'pending_payment', 'CNY', now(), now() + interval '2 hours',
    :number::bigint::text, ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid, 'h5', 'pickup', 3000, 0, 0, 0, 0, 3000, 3,
    '[{"step":"items","text":{"zh":"商品 3 件","en":"3 items"},"amount":3000},{"step":"total","text":{"zh":"应付","en":"To pay"},"amount":3000}]',
    sha256(:number::bigint::text::bytea) || sha256(:buyer::bigint::text::bytea), sha256(:buyer::bigint::text::bytea), '001', :number::bigint::text);
INSERT INTO order_line (store_id, id, order_id, position, sku_id, product_id, sku_code, name, spec_text, modifiers_text,
    modifiers, quantity, unit_price, amount, discount, payable, weight_g)
  SELECT :store::uuid, uuidv7(), ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, n, sku_id, sku_id, 'S',
    '{"zh":"燕麦拿铁 1 号","en":"Oat latte no. 1"}', '{"zh":"","en":""}', '{"zh":"","en":""}', '[]', 1, 1000, 1000, 0, 1000, 400
  FROM bench_sku WHERE n IN (:one::int, :two::int);
INSERT INTO order_event (store_id, id, order_id, kind, to_status, actor, actor_id, data, at)
  VALUES (:store::uuid, uuidv7(), ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, 'placed', 'pending_payment', 'buyer',
    ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid, '{}', now());
INSERT INTO reservation (store_id, id, holder_id, sku_id, location_id, quantity, state, created_at)
  SELECT :store::uuid, uuidv7(), ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, sku_id, :store::uuid, 1, 'held', now()
  FROM bench_sku WHERE n IN (:one::int, :two::int);
INSERT INTO stock_movement (store_id, id, sku_id, location_id, kind, on_hand_delta, reserved_delta, on_hand_after,
    reserved_after, actor, ref_id, at)
  SELECT :store::uuid, uuidv7(), sku_id, :store::uuid, 'reserve', 0, 1, on_hand, reserved + 1, 'buyer',
    ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, now()
  FROM stock WHERE store_id = :store::uuid AND location_id = :store::uuid AND sku_id IN (SELECT sku_id FROM bench_sku WHERE n IN (:one::int, :two::int));
UPDATE stock SET reserved = reserved + 1, updated_at = now() WHERE store_id = :store::uuid AND location_id = :store::uuid
  AND sku_id IN (SELECT sku_id FROM bench_sku WHERE n IN (:one::int, :two::int));
INSERT INTO event_log (store_id, id, topic, entity_id, customer_id, payload, at)
  SELECT :store::uuid, uuidv7(), topic, ('00000000-0000-7000-9000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, NULL,
    '{"status":"pending_payment","number":"261122000001","kind":"placed","delivery_method":"pickup"}', now()
  FROM (VALUES ('order.placed'), ('stock.changed'), ('stock.changed')) AS e (topic);
INSERT INTO job (store_id, id, kind, key, payload, state, due_at, created_at)
  VALUES (:store::uuid, uuidv7(), 'payments.expire', :number::bigint::text, '{}', 'waiting', now() + interval '2 hours', now());
UPDATE idempotency_key SET result = '{"orders":["x"]}' WHERE store_id = :store::uuid
  AND owner_id = ('00000000-0000-7000-8000-' || lpad(to_hex(:buyer::bigint), 12, '0'))::uuid AND key = :number::bigint::text;
COMMIT;
