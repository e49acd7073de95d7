# Each target first runs scripts/setup, which installs what is missing or prints
# what to install. If everything is installed, plain cargo does the same.

# A fresh rustup is not in the PATH of the shell that installed it.
export PATH := $(PATH):$(HOME)/.cargo/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-stripe test-pgbouncer test-citus bench onsale crowd http cost growth finding reports chaos fuzz openapi fmt lint deb deny sbom

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the server, with a PostgreSQL of its own; ARGS="--listen ..." for more
	@scripts/setup run
	cargo run --release --locked -- serve $(ARGS)

# Tests wait more than they compute: as many at once as there are cores leave the cores idle.
test: export RUST_TEST_THREADS ?= 4
test: ## Run every test
	@scripts/setup test
	scripts/localstripe install
	cargo build --locked
	cargo test --locked
	scripts/schemathesis
	npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund
	node --test tests/browser/*.test.js
	promtool test rules deploy/prometheus/alerts_test.yml
	promtool check config deploy/prometheus/prometheus.yml deploy/prometheus/compose.yml

# No money moves: keys of test mode alone are taken.
test-stripe: ## Ask Stripe itself what the tests rely on, with the secret key of test mode in STRIPE_TEST_KEY
	@case "$$STRIPE_TEST_KEY" in sk_test_*|rk_test_*) ;; *) echo "skipped: nothing was asked of Stripe." \
		"STRIPE_TEST_KEY must have a secret key of its test mode: make test-stripe STRIPE_TEST_KEY=sk_test_..." >&2; exit 1;; esac
	@scripts/setup run
	cargo test --locked --test it -- --ignored at_stripe_itself --nocapture

# Those that need an old PgBouncer run if BOXOFFICE_TEST_OLD_PGBOUNCER names one, such as Debian 12's.
test-pgbouncer: ## Run the integration tests through the PgBouncer that BOXOFFICE_TEST_PGBOUNCER names
	@[ -x "$$BOXOFFICE_TEST_PGBOUNCER" ] || { echo "BOXOFFICE_TEST_PGBOUNCER must name the binary of a" \
		"PgBouncer from 1.21 on: make test-pgbouncer BOXOFFICE_TEST_PGBOUNCER=/usr/sbin/pgbouncer" >&2; exit 1; }
	@scripts/setup test
	cargo test --locked --test it -- --include-ignored \
		--skip on_citus --skip at_stripe_itself $(if $(BOXOFFICE_TEST_OLD_PGBOUNCER),,--skip an_old_pgbouncer)

# Three nodes on one machine are enough: a coordinator and two workers that it knows.
test-citus: ## Run the integration tests over the Citus cluster whose coordinator BOXOFFICE_TEST_CITUS_URL names
	@[ -n "$$BOXOFFICE_TEST_CITUS_URL" ] || { echo "BOXOFFICE_TEST_CITUS_URL must name the coordinator of a Citus" \
		"cluster: make test-citus BOXOFFICE_TEST_CITUS_URL=postgresql://postgres@localhost/postgres" >&2; exit 1; }
	@scripts/setup test
	cargo test --locked --test it
	cargo test --locked --test it -- --ignored on_citus --test-threads=1

bench: ## Measure the allocator against baselines
	@scripts/setup run
	cargo bench --locked --bench allocator

onsale: ## Measure a whole on-sale over HTTP; ARGS="--processes 2" for more
	@scripts/setup run
	cargo bench --locked --bench onsale -- $(ARGS)

crowd: ## Measure 50,000 people who book within two seconds; ARGS="--people 2000" for fewer
	@scripts/setup run
	cargo bench --locked --bench crowd -- $(ARGS)

http: ## Measure bookings and reads over HTTP; ARGS="--events 8" for more
	@scripts/setup run
	cargo bench --locked --bench http -- $(ARGS)

cost: ## Measure what metrics and logs cost of a booking
	@scripts/setup run
	cargo bench --locked --bench http -- --cost $(ARGS)

growth: ## Measure what a booking costs as everything grows
	@scripts/setup run
	cargo bench --locked --bench growth

finding: ## Measure searches and filters among 100,000 events; ARGS="--events 10000" for fewer
	@scripts/setup run
	cargo bench --locked --bench finding -- $(ARGS)

reports: ## Measure dashboards over a million tickets, and calling off 50,000 bookings through kill -9
	@scripts/setup run
	cargo bench --locked --bench reports -- $(ARGS)

chaos: ## Make 1,000 faults under load in half an hour, and say who waited how long; ARGS="--gateway stripe"
	@scripts/setup test
	BOXOFFICE_CHAOS_GATEWAY="$(strip $(subst --gateway,,$(ARGS)))" \
		cargo test --release --locked --test chaos a_thousand_faults -- --ignored --nocapture

# Parsers first: a million texts each. Then the running server.
fuzz: ## Send the parsers and the running server random input for half an hour; ARGS=1000 for less of the latter
	@scripts/setup test
	PROPTEST_CASES=1000000 cargo test --release --locked --lib --test parsers -- parse
	cargo build --locked
	scripts/schemathesis $(or $(ARGS),3000)

openapi: ## Write docs/openapi.json, the API's contract
	@scripts/setup run
	WRITE_OPENAPI=1 cargo test --locked --test it openapi::the_served_document_is_the_committed_one

# The versions that are known to work; they are installed below target/.
TOOLS := target/tools
CARGO_DEB := 3.8.0
CARGO_DENY := 0.20.2
CARGO_CYCLONEDX := 0.5.9

$(TOOLS)/%: FORCE
	@grep -qs '"$(subst @, ,$*) ' $(TOOLS)/.crates.toml || \
		cargo install --quiet --locked --root $(TOOLS) $*
FORCE:

deb: $(TOOLS)/cargo-deb@$(CARGO_DEB) ## Make a Debian package: target/debian/boxoffice_*.deb
	@scripts/setup run
	cargo build --release --locked
	$(TOOLS)/bin/cargo-deb --no-build --locked

# With ARGS="advisories" also known vulnerabilities, where the database of advisories can be fetched.
deny: $(TOOLS)/cargo-deny@$(CARGO_DENY) ## Check licences, duplicates and sources of the libraries; ARGS="advisories" for more
	$(TOOLS)/bin/cargo-deny --locked check licenses bans sources $(ARGS)

sbom: $(TOOLS)/cargo-cyclonedx@$(CARGO_CYCLONEDX) ## Write what the program is made of: target/boxoffice.cdx.json
	$(TOOLS)/bin/cargo-cyclonedx cyclonedx --format json --override-filename boxoffice.cdx --quiet
	mv boxoffice.cdx.json target/boxoffice.cdx.json

fmt: ## Format the code
	@scripts/setup lint
	cargo fmt

lint: ## Check the format and the lints
	@scripts/setup lint
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
