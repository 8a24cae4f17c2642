# One command each; the work is in bin/. `exec` leaves no shell between make and the program.
.DEFAULT_GOAL := help
.PHONY: help run test check bench chaos

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start everything and print the address to open (PORT, SANDBOX_PORT, VAR_DIR choose where)
	@exec ./bin/run

test: ## check everything: style, types, all tests on SQLite and on PostgreSQL, in the browser
	@exec ./bin/test

check: ## the fast half: style, types, the tests that need no browser and no running program
	@exec ./bin/test --fast

bench: ## measure imports, the rate budget, the search, pages and webhooks (bench/README.md)
	@exec ./bin/bench

chaos: ## send 300 people to Greenhouse while workers are killed and lines break (SEED=n, EXPORTS=n)
	@exec ./bin/chaos $(if $(SEED),--seed $(SEED)) $(if $(EXPORTS),--exports $(EXPORTS))
