#!/bin/sh
# Installs Patchbay from its tarball, or a newer one over it, and asks three questions: the name under which it is reached, an e-mail
# address for its certificate, and where its data shall lie.
#   sh install.sh [patchbay-platform-X.Y.Z.tgz]
# As root it becomes a service of the system with a user of its own, as anybody else a service of that user. Where there is no
# systemd it says how to start it. Answers may be given beforehand: --name NAME --email ADDRESS --data FOLDER, or --yes for
# what is proposed; places by --prefix, --config, --units, --bin and --user.
set -eu

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

if [ "$(id -u)" = 0 ]; then
  as_root=yes
  PREFIX=/opt/patchbay CONFIG=/etc/patchbay/patchbay.yaml DATA=/var/lib/patchbay UNITS=/etc/systemd/system
  BIN=/usr/local/bin
else
  as_root=no
  : "${HOME:?the folder of this user is not known: set HOME}"
  PREFIX=$HOME/.local/share/patchbay/app CONFIG=$HOME/.config/patchbay/patchbay.yaml
  DATA=$HOME/.local/share/patchbay/data UNITS=$HOME/.config/systemd/user
  BIN=$HOME/.local/bin
fi
RUN_AS=patchbay
tarball='' name='' email='' answered=''

while [ $# -gt 0 ]; do
  case $1 in
    --name | --email | --data | --prefix | --config | --units | --bin | --user)
      [ $# -ge 2 ] || fail "$1 needs a value"
      case $1 in
        --name) name=$2 answered="$answered name" ;;
        --email) email=$2 answered="$answered email" ;;
        --data) DATA=$2 answered="$answered data" ;;
        --prefix) PREFIX=$2 ;;
        --config) CONFIG=$2 ;;
        --units) UNITS=$2 ;;
        --bin) BIN=$2 ;;
        --user) RUN_AS=$2 ;;
      esac
      shift 2
      ;;
    --yes) answered='name email data' && shift ;;
    --help | -h) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 0 ;;
    -*) fail "there is no option $1 (--help tells which there are)" ;;
    *) tarball=$1 && shift ;;
  esac
done

# What is needed, before anything is touched.
command -v npm >/dev/null 2>&1 || fail 'npm is needed, and Node 20 or newer: https://nodejs.org, or the packages nodejs and npm'
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
[ "${major:-0}" -ge 20 ] || fail "Node 20 or newer is needed, and here is $(node --version 2>/dev/null || echo none)"
if [ -z "$tarball" ]; then
  here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  for file in "$here"/patchbay-platform-*.tgz; do tarball=$file; done
fi
[ -f "$tarball" ] || fail "there is no tarball $tarball: name it, as in \`sh install.sh patchbay-platform-1.2.3.tgz\`"
tarball=$(CDPATH='' cd -- "$(dirname -- "$tarball")" && pwd)/$(basename -- "$tarball")

# Three questions. Who has a configuration already has answered the first two.
ask() { # KEY QUESTION PROPOSED
  case " $answered " in *" $1 "*) printf '%s' "$3" && return ;; esac
  printf '%s%s ' "$2" "${3:+ [$3]}" >&2
  reply=''
  read -r reply || true
  printf '%s' "${reply:-$3}"
}
if [ -f "$CONFIG" ]; then
  say "$CONFIG already exists and stays as it is."
  kept=$(sed -n 's/^dataDir:[[:space:]]*//p' "$CONFIG" | tail -1)
  DATA=${kept:-$DATA}
else
  name=$(ask name 'Under which name do people reach it, as patchbay.example.com? Nothing: on this machine alone.' "$name")
  case $name in
    '') ;;
    *[!A-Za-z0-9.-]* | .* | -* | *. | *..*) fail "'$name' is no name such as patchbay.example.com" ;;
    *.*) ;;
    *) fail "'$name' is no name such as patchbay.example.com" ;;
  esac
  if [ -n "$name" ]; then
    say "Its certificate comes from Let's Encrypt, to whose terms (https://letsencrypt.org/repository/) you agree by continuing." >&2
    email=$(ask email "Which address should Let's Encrypt write to when something is wrong? Empty: none." "$email")
    case $email in
      '' | *@*.*) ;;
      *) fail "'$email' is no e-mail address" ;;
    esac
    case $email in *[!A-Za-z0-9.@_+-]*) fail "'$email' is no e-mail address" ;; esac
  fi
  DATA=$(ask data 'Where should its data be stored?' "$DATA")
fi
for path in "$PREFIX" "$CONFIG" "$DATA" "$UNITS" "$BIN"; do
  case $path in
    *[!A-Za-z0-9._/+-]*) fail "'$path' has characters in it that a unit of systemd would need in another way: choose another path" ;;
    /*) ;;
    *) fail "'$path' must begin with /" ;;
  esac
done

say "Installing $(basename -- "$tarball") into $PREFIX …"
mkdir -p "$PREFIX" "$(dirname -- "$CONFIG")" "$DATA"
npm install --prefix "$PREFIX" --omit=dev --no-audit --no-fund --loglevel=error "$tarball"
package=$PREFIX/node_modules/patchbay-platform
node=$PREFIX/node_modules/node/bin/node
[ -x "$node" ] || node=$(command -v node)
[ "$("$node" --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 24 ] ||
  fail "the Node 24 that runs Patchbay could not be installed with it (npm left the package 'node' out), and $node is older"

GROUP=''
if [ "$as_root" = yes ]; then
  if ! id "$RUN_AS" >/dev/null 2>&1; then
    say "Making the user $RUN_AS …"
    useradd --system --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin "$RUN_AS"
  fi
  GROUP=$(id -gn "$RUN_AS")
fi

if [ ! -f "$CONFIG" ]; then
  port=443 plain=80
  [ "$as_root" = yes ] || { port=5443 && plain=5080; }
  {
    say '# Every key that there is, with its default: config/default.yaml in the package.'
    say "dataDir: $DATA"
    if [ -n "$name" ]; then
      say 'http:'
      say '  host: 0.0.0.0'
      say "  port: $port"
      say "  publicUrl: https://$name"
      say '  tls:'
      say "    acme: { domains: [$name], email: ${email:-null}, agree: true }"
      say "    plainPort: $plain"
    fi
  } >"$CONFIG.new"
  # It may hold passwords one day.
  chmod 640 "$CONFIG.new"
  [ "$as_root" = no ] || chgrp "$GROUP" "$CONFIG.new"
  mv "$CONFIG.new" "$CONFIG"
fi
chmod 700 "$DATA"
# Of a store's folder, which is root's, and of what an earlier version left there as root.
[ "$as_root" = no ] || find "$DATA" -user 0 -exec chown -h "$RUN_AS:$GROUP" {} +

# All of it must fit together before a service is touched.
# As the service sees it: without what is set in this shell.
set -- env -i PATH="$PATH" HOME="$DATA" PATCHBAY_CONFIG="$CONFIG" "$node" "$package/dist/core/main.js" check
[ "$as_root" = no ] || set -- setpriv --reuid "$RUN_AS" --regid "$GROUP" --clear-groups "$@"
(cd "$DATA" && "$@") || fail 'what is installed does not fit together; the service was not touched'

# The command `patchbay`, for this configuration and as the user of the service. Another program of this name stays.
command=$BIN/patchbay
if [ ! -e "$command" ] || grep -q '^# Patchbay, as it is installed' "$command"; then
  mkdir -p "$BIN"
  {
    say '#!/bin/sh'
    say "# Patchbay, as it is installed in $PREFIX."
    say ": \"\${PATCHBAY_CONFIG:=$CONFIG}\" && export PATCHBAY_CONFIG"
    say "set -- $node $package/dist/core/main.js \"\$@\""
    [ "$as_root" = no ] || say "[ \"\$(id -u)\" != 0 ] || set -- setpriv --reuid $RUN_AS --regid $GROUP --init-groups \"\$@\""
    say 'exec "$@"'
  } >"$command.new"
  chmod 755 "$command.new"
  mv "$command.new" "$command"
else
  say "$command is another program, and stays as it is."
fi

fill() {
  sed -e "s|@PREFIX@|$PREFIX|g; s|@DATA@|$DATA|g; s|@CONFIG@|$CONFIG|g; s|@NODE@|$node|g; s|@USER@|$RUN_AS|g; s|@GROUP@|$GROUP|g" \
    "$package/deploy/systemd/$1"
}
if command -v systemctl >/dev/null 2>&1 && [ -d "${SYSTEMD_FOLDER:-/run/systemd/system}" ]; then
  mkdir -p "$UNITS"
  if [ "$as_root" = yes ]; then
    fill patchbay.service >"$UNITS/patchbay.service" && manage='systemctl'
  else
    fill patchbay-user.service >"$UNITS/patchbay.service" && manage='systemctl --user'
  fi
  $manage daemon-reload
  $manage enable patchbay.service
  $manage restart patchbay.service
  say "Patchbay runs as the service patchbay (\`$manage status patchbay\`)."
  scope=--unit
  [ "$as_root" = yes ] || scope=--user-unit
  say "The one-time link that makes the administrator: \`journalctl $scope patchbay --grep /setup --no-pager\`"
  [ "$as_root" = yes ] || say 'It ends when you log out, unless loginctl enable-linger lets it run on.'
else
  say 'There is no systemd here. Start it with:'
  say "  PATCHBAY_CONFIG=$CONFIG $node --max-semi-space-size=16 $package/dist/core/main.js start"
  [ "$as_root" = no ] || say "as the user $RUN_AS; it prints a one-time link that makes the administrator."
fi
if [ -n "$name" ] && [ "$as_root" = no ]; then
  say "Ports 80 and 443 are not for everybody: lead 443 of this machine to 5443, and 80 to 5080, or install as root."
fi
case ":$PATH:" in
  *":$BIN:"*) say 'Its command: `patchbay --help`.' ;;
  *) say "Its command: \`$command --help\`, without the folder once $BIN is in the PATH." ;;
esac
say "Its configuration: $CONFIG. A newer version is installed in the same way."
