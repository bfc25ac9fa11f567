# Thin aliases of dev.py, which does its own set-up: `python3 dev.py demo` is the same without make.
PYTHON ?= python3

.PHONY: demo test check setup
demo:
	@$(PYTHON) dev.py demo $(if $(KEEP),--keep)
test:
	@$(PYTHON) dev.py test $(ARGS)
check:
	@$(PYTHON) dev.py check
setup:
	@$(PYTHON) dev.py setup
