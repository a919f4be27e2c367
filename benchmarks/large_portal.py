"""The rows of a large portal, table after table, as PostgreSQL makes them by itself."""

from __future__ import annotations

from typing import Final, LiteralString

# Companies are numbered 1…n, large accounts follow; person p works for company (p - 1) / 5 + 1.
# Licenses, instances and people of the large accounts follow the others in the order of accounts.
_HELD: Final[LiteralString] = """
  (SELECT %(companies)s + place AS account, place, size,
    (sum(size) OVER (ORDER BY place) - size)::bigint AS before
   FROM unnest(%(large)s::bigint[]) WITH ORDINALITY AS large(size, place))"""

STATEMENTS: Final[tuple[tuple[str, LiteralString], ...]] = (
    (
        "companies",
        f"""
INSERT INTO accounts_businessaccount
  (id, slug, name, origin, require_two_step, joinable_by_domain, created_at)
SELECT n, 'company-' || n, 'Company ' || n, 'purchase', false, true, now() - n * interval '10 min'
FROM generate_series(1, %(companies)s) AS n
UNION ALL
SELECT account, 'large-' || place, 'Large ' || size, 'purchase', false, true, now()
FROM {_HELD} AS held""",
    ),
    (
        "people",
        """
INSERT INTO accounts_user
  (id, password, is_superuser, email, email_display, name, is_active, is_staff, created_at)
SELECT p, '!', false, 'p' || p || '@company-' || (p - 1) / 5 + 1 || '.example',
  'p' || p || '@company-' || (p - 1) / 5 + 1 || '.example', 'Person ' || md5(p::text), true, false,
  now() - p * interval '2 min'
FROM generate_series(1, %(companies)s * 5) AS p""",
    ),
    (
        "emails",
        """
INSERT INTO account_emailaddress (id, email, verified, "primary", user_id)
SELECT id, email, true, true, id FROM accounts_user""",
    ),
    (
        "memberships",
        f"""
INSERT INTO accounts_membership
  (id, public_id, role, wants_reminders, created_at, account_id, user_id, listed_as, email_domain)
SELECT member.id, gen_random_uuid(), role, true, now(), account, person,
  lower(name) || chr(10) || email, email_domain
FROM (
  SELECT p AS id, (p - 1) / 5 + 1 AS account, p AS person,
    (ARRAY['administrator', 'license_manager', 'member'])[1 + p %% 5 %% 3] AS role
  FROM generate_series(1, %(companies)s * 5) AS p
  UNION ALL
  SELECT %(companies)s * 5 + before + n, account, n,
    CASE WHEN n <= 2 THEN 'administrator' ELSE 'member' END
  FROM {_HELD} AS held, generate_series(1, least(size, %(companies)s * 5)) AS n
) AS member
JOIN accounts_user AS person_of ON person_of.id = person""",
    ),
    (
        "licenses",
        f"""
INSERT INTO licensing_license
  (id, public_id, product, kind, name, seats, seats_reserved, seats_shared, starts_on, ends_on,
   version_bought, auto_renew, created_at, account_id)
SELECT id, gen_random_uuid(), 'ras', 'subscription', 'License ' || id,
  CASE WHEN first THEN 2000000 ELSE 1 + id %% 50 END, 0, CASE WHEN first THEN running ELSE 0 END,
  current_date - 100 - (id %% 100)::int, current_date + (id %% 500)::int, '', false, now(), account
FROM (
  SELECT n AS id, (n - 1) / 5 + 1 AS account, false AS first, 0::bigint AS running
  FROM generate_series(1::bigint, %(companies)s * 5) AS n
  UNION ALL
  SELECT %(companies)s * 5 + before + n, account, n = 1, size
  FROM {_HELD} AS held, generate_series(1, size) AS n
) AS license""",
    ),
    (
        "purchases",
        """
INSERT INTO licensing_purchase
  (license_id, order_number, channel, company, company_key, primary_email, primary_email_display,
   product, kind, seats, starts_on, ends_on, version, content_digest, created_at)
SELECT id, 'O-' || id, 'online', 'Company ' || account_id, 'company ' || account_id,
  'p' || account_id * 5 || '@company-' || account_id || '.example',
  'p' || account_id * 5 || '@company-' || account_id || '.example', product, kind, seats, starts_on,
  ends_on, '', md5(id::text) || md5(id::text), created_at
FROM licensing_license""",
    ),
    (
        "keys",
        """
INSERT INTO licensing_key
  (id, public_id, license_id, code, name, is_primary, instances_live, created_at)
SELECT id, gen_random_uuid(), id, upper(substr(md5(id::text), 1, 30)), 'Primary key', true,
  seats_shared, created_at
FROM licensing_license""",
    ),
    (
        "instances",
        f"""
INSERT INTO licensing_instance
  (id, public_id, account_id, instance_id, name, note, host, version, first_seen_at, last_seen_at,
   token_digest, document)
SELECT id, gen_random_uuid(), account, md5('instance' || id)::uuid, 'Farm ' || id, '',
  'ras' || id || '.example', '21.0', now() - interval '90 days',
  now() - id %% 20 * interval '1 day', encode(sha256(('token' || id)::bytea), 'hex'),
  repeat(md5(id::text), 32)
FROM (
  SELECT n AS id, (n - 1) / 2 + 1 AS account FROM generate_series(1::bigint, %(companies)s / 2) AS n
  UNION ALL
  SELECT %(companies)s / 2 + before + n, account
  FROM {_HELD} AS held, generate_series(1, size) AS n
) AS instance""",
    ),
    (
        "activations",
        """
INSERT INTO licensing_activation
  (id, public_id, installation, channel, mode, version, from_version, activated_at, collected_at,
   ending, instance_id, key_id)
SELECT instance.id, gen_random_uuid(), instance_id, 'online', 'activate', '21.0', '',
  first_seen_at, first_seen_at, '', instance.id, first_key.id
FROM licensing_instance AS instance
JOIN (SELECT account_id, min(id) AS id FROM licensing_license GROUP BY account_id) AS first_key
  USING (account_id)""",
    ),
    (
        "heartbeats",
        """
INSERT INTO licensing_heartbeat
  (instance_id, activation_id, last_seen_at, last_check_in_at, peak_users, peak_on, sequence,
   document_sequence, document_kid, document_digest, document_ends_at, requests)
SELECT id, id, last_seen_at, last_seen_at, (id + 1) %% 40, current_date - 1, 10, 10, '', '',
  now() + interval '30 days', 0
FROM licensing_instance""",
    ),
    (
        "sums of keys",
        """
INSERT INTO licensing_keyusage (key_id, peak_users)
SELECT key_id, sum(peak_users)
FROM licensing_heartbeat
JOIN licensing_activation ON licensing_activation.id = activation_id
GROUP BY key_id""",
    ),
    (
        "usage days",
        """
INSERT INTO licensing_usageday (instance_id, date, peak_users)
SELECT id, current_date - day, (id + day) %% 40
FROM licensing_instance, generate_series(1, 10) AS day""",
    ),
)
SEQUENCES: Final[tuple[LiteralString, ...]] = (
    "accounts_businessaccount",
    "accounts_user",
    "account_emailaddress",
    "accounts_membership",
    "licensing_license",
    "licensing_key",
    "licensing_instance",
    "licensing_activation",
    "licensing_usageday",
)
