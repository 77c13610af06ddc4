#!/bin/sh
# Builds the image and starts it once, without a registry: on a Debian root that mmdebstrap makes, with the Node of npm in it.
#   apt-get install buildah mmdebstrap; as root: deploy/image/check.sh FOLDER      (some minutes, 3 GB in FOLDER)
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=$1 port=${2:-15999}
mkdir -p "$work/base/include" "$work/data"
buildah="buildah --storage-driver overlay --root $work/store --runroot $work/run"

mmdebstrap --variant=minbase bookworm "$work/base/base.tar" http://deb.debian.org/debian
cp "$here/node_modules/node/bin/node" "$work/base/node"
cp -a "$(npm root --global)/npm" "$work/base/npm"
cp -a /usr/include/node "$work/base/include/"
cat >"$work/base/Dockerfile" <<'BASE'
FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY include /usr/local/include
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && groupadd --gid 1000 node && \
  useradd --uid 1000 --gid node --create-home node
BASE
# Certificates of this machine, for a registry behind a proxy.
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$work/npmrc"
$buildah bud --isolation chroot --tag node "$work/base"
$buildah bud --isolation chroot --format docker --build-arg NODE_IMAGE=localhost/node --volume /etc/ssl/certs:/etc/ssl/certs:ro \
  --volume "$work/npmrc:/root/.npmrc:ro" --tag patchbay "$here"

root=$($buildah mount "$($buildah from patchbay)")
for tool in gcc make python3; do
  [ ! -e "$root/usr/bin/$tool" ] || { echo "there is $tool in the image" >&2 && exit 1; }
done
cat >"$work/start" <<START
set -e
mount --bind $root $root && mount -o remount,ro,bind $root
mount --bind $work/data $root/data && mount -t proc proc $root/proc && mount -t tmpfs tmpfs $root/tmp && mount --bind /dev $root/dev
exec chroot $root env -i PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production NODE_COMPILE_CACHE=/app/.compile-cache \
  PATCHBAY_DATADIR=/data PATCHBAY_HTTP__HOST=127.0.0.1 PATCHBAY_HTTP__PORT=$port PATCHBAY_PLUGINS__MAIL__SMTP__PORT=0 patchbay start
START
unshare --mount --pid --fork --kill-child sh "$work/start" &
launched=$!
for _ in $(seq 120); do
  if curl --silent --fail "http://127.0.0.1:$port/health/ready"; then break; fi
  sleep 0.5
done
server=$(pgrep -P "$launched")
grep -q '^Uid:.1000.1000' "/proc/$server/status" && grep -q '^NoNewPrivs:.1' "/proc/$server/status"
grep -q '^CapEff:.0000000000000000' "/proc/$server/status"
[ "$(stat -c %u "$work/data/patchbay.sqlite3")" = 1000 ]
kill -TERM "$server"
wait "$launched"
du -sh --apparent-size "$root" | sed 's/\t.*/ unpacked/'
