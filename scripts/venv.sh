#!/bin/sh
# Makes .venv with everything that requirements.txt pins. Safe to repeat.
set -eu
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

command -v "$python" >/dev/null || { say "There is no $python. Install Python 3.11 or newer."; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  say "$("$python" --version) is too old: Python 3.11 or newer is needed. Name another with PYTHON=…"
  exit 1
}

# Debian and Ubuntu keep what a new environment needs in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  say "Installing python3-venv, which $python needs to make an environment…"
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq python3-venv
  else
    sudo -n true 2>/dev/null || { say "Run this, then try again: sudo apt-get install python3-venv"; exit 1; }
    sudo -n apt-get update -qq && sudo -n apt-get install -y -qq python3-venv
  fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
say "Installing the pinned requirements into .venv…"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile \
  --requirement requirements.txt
# By all cores: pip would do it by one. Not every file of a package is meant to be imported.
.venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null || true
# A program such as .venv/bin/behave does not look in the folder it is started in; its runner is here.
.venv/bin/python -c 'import os, site; print(os.getcwd(), file=open(f"{site.getsitepackages()[0]}/checkout.pth", "w"))'
touch .venv/ready
