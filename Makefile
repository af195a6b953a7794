# 安答 AnDa。`make help` 列出全部命令；`make run` 与 `make test` 是对外的两条。
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
# Thousands of small databases: in memory where there is room for them, else on disk.
ROOMY = [ -w /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'NR==2 {print $$4}')" -gt 4000000 ]
# A file stays with one worker: what it starts is started once. One worker more than cores:
# those that wait for a browser or a killed process leave theirs to others.
WORKERS := 3
STAMP := $(VENV)/.installed

# What is compiled once is kept: a thousand modules, for the product and every program of the tests.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench bench-matching

help: ## 列出命令
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) tools/make_venv.py $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

setup: $(STAMP) ## 准备环境、数据库和演示数据
	@$(BIN)/anda setup --quiet

run: $(STAMP) ## 启动产品（PORT=9000 make run 换端口）
	@ANDA_PUBLIC_URL="$${ANDA_PUBLIC_URL:-http://127.0.0.1:$(PORT)}" exec $(BIN)/anda serve --prepare --port $(PORT)

test: setup ## 跑完整测试（单元、对话、真实 PostgreSQL、真实 Chromium）
	@$(PYTHON) tools/system_packages.py
	@if $(ROOMY); then export TMPDIR=/dev/shm; fi; $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: $(STAMP) ## 格式、检查、类型、导入规则、迁移与模型一致
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@out=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$out"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python tools/check_migrations.py

bench: setup ## 与参考脚本同场比速度
	@$(BIN)/python -m bench

bench-matching: setup ## 匹配的准确、拿掉一样少多少、与简单办法比
	@$(BIN)/python -m bench.matching $(ARGS)
