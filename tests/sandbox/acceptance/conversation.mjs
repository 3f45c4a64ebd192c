// The whole conversation of a checkout by Stripe's own SDK for Node, unchanged, with the stand-in.
// usage: NODE_PACKAGES=…/node_modules node conversation.mjs HOST:PORT; ends with status 0 and one line of JSON, or with the first failure.
import assert from "node:assert/strict";
import http from "node:http";
import { createRequire } from "node:module";

const Stripe = createRequire(`${process.env.NODE_PACKAGES}/`)("stripe");
const address = process.argv[2];
const [host, port] = address.split(":");
const stripe = new Stripe("sk_test_of_node", { host, port, protocol: "http", maxNetworkRetries: 2 });

const events = [];
let secret;
const receiver = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    try {
      events.push(stripe.webhooks.constructEvent(Buffer.concat(parts), request.headers["stripe-signature"], secret));
      response.writeHead(200).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
});
await new Promise((done) => receiver.listen(0, "127.0.0.1", done));

async function eventually(check) {
  for (let turn = 0; turn < 500; turn += 1) {
    const found = await check();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`never came true: ${check}`);
}
const heard = (type, test = () => true) =>
  eventually(() => events.find((one) => one.type === type && test(one.data.object)));

async function pay(session, number) {
  const form = { email: "lea@example.com", number, expiry: "12 / 40", cvc: "123", holder: "Léa Fontaine", country: "FR" };
  return fetch(session.url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
}

const endpoint = await stripe.webhookEndpoints.create({
  url: `http://127.0.0.1:${receiver.address().port}/hook`, enabled_events: ["*"],
});
assert.match(endpoint.secret, /^whsec_/);
secret = endpoint.secret;

// Create: the same key twice gives one session; another body under it is refused.
const body = {
  mode: "payment", client_reference_id: "LUM-1042", success_url: "http://shop.example/done?s={CHECKOUT_SESSION_ID}",
  cancel_url: "http://shop.example/cart", metadata: { order: "1042" }, customer_creation: "always",
  line_items: [{ quantity: 3, price_data: { currency: "eur", unit_amount: 1200, product_data: { name: "Mug" } } }],
};
const session = await stripe.checkout.sessions.create(body, { idempotencyKey: "order-1042" });
const again = await stripe.checkout.sessions.create(body, { idempotencyKey: "order-1042" });
assert.equal(again.id, session.id);
await assert.rejects(
  stripe.checkout.sessions.create({ ...body, client_reference_id: "other" }, { idempotencyKey: "order-1042" }),
  { type: "StripeIdempotencyError" },
);
assert.equal(session.amount_total, 3600);

// The hosted page: declined, then paid.
const declined = await pay(session, "4000000000009995");
assert.equal(declined.status, 200);
assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, "open");
const paid = await pay(session, "4242424242424242");
assert.equal(paid.status, 303);
assert.equal(paid.headers.get("location"), `http://shop.example/done?s=${session.id}`);

// Refunds, in part, then too much.
const done = await stripe.checkout.sessions.retrieve(session.id, {
  expand: ["payment_intent.latest_charge.balance_transaction", "line_items.data.price.product", "customer"],
});
assert.equal(done.payment_status, "paid");
assert.equal(done.customer.email, "lea@example.com");
assert.equal(done.line_items.data[0].price.product.name, "Mug");
assert.equal(done.payment_intent.latest_charge.balance_transaction.amount, 3600);
for (const amount of [1000, 600]) await stripe.refunds.create({ payment_intent: done.payment_intent.id, amount });
await assert.rejects(stripe.refunds.create({ payment_intent: done.payment_intent.id, amount: 2001 }), {
  type: "StripeInvalidRequestError",
});
assert.equal((await stripe.charges.retrieve(done.payment_intent.latest_charge.id)).amount_refunded, 1600);

// A dispute, answered and won.
const second = await stripe.checkout.sessions.create(body);
await pay(second, "4000000000000259");
const [dispute] = (await stripe.disputes.list({ limit: 1, expand: ["data.charge"] })).data;
assert.equal(dispute.charge.disputed, true);
await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" }, submit: true });
await fetch(`http://${address}/_sandbox/clock`, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ advance: 60 }),
});
assert.equal((await stripe.disputes.retrieve(dispute.id)).status, "won");

// A refusal by the API itself, by a payment intent.
await assert.rejects(
  stripe.paymentIntents.create({
    amount: 2000, currency: "eur", confirm: true, payment_method: "pm_card_chargeDeclined", payment_method_types: ["card"],
  }),
  (error) => error.type === "StripeCardError" && error.code === "card_declined" && error.decline_code === "generic_decline",
);

// Lists: cursors both ways, all pages, expanded.
for (let number = 0; number < 7; number += 1) await stripe.customers.create({ email: `buyer${number}@example.com` });
const first = await stripe.customers.list({ limit: 3 });
const next = await stripe.customers.list({ limit: 3, starting_after: first.data[2].id });
const back = await stripe.customers.list({ limit: 3, ending_before: next.data[0].id });
assert.deepEqual(back.data.map((one) => one.id), first.data.map((one) => one.id));
const everyone = await stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
assert.equal(everyone.length, 9);

// Webhooks: the SDK has checked the signature of each.
await heard("checkout.session.completed", (object) => object.id === session.id);
await heard("payment_intent.payment_failed");
await heard("charge.refunded", (object) => object.amount_refunded === 1600);
await heard("charge.dispute.closed", (object) => object.status === "won");

receiver.close();
receiver.closeAllConnections();
console.log(JSON.stringify({ sdk: Stripe.PACKAGE_VERSION, node: process.version, events: events.length }));
