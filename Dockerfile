# Patchbay in a small image, for amd64 and arm64: no compiler, no development packages, and not as root once it runs.
#   docker buildx build --platform linux/amd64,linux/arm64 --tag patchbay .
ARG NODE_IMAGE=node:24-bookworm-slim

# What is the same on every machine is made on the one that builds.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS files
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build-web.ts && node scripts/bundle-packages.ts && node scripts/bundle-server.ts
# The pages are built: what they were made of stays here.
RUN rm -rf plugins/*/ui plugins/admin/web && mkdir made && \
  mv node_modules/.patchbay-packages node_modules/.patchbay-server made/ && chmod -R a+rX made

# Packages with native parts are of the machine that runs them.
FROM ${NODE_IMAGE} AS packages
# sqlite3 is compiled here when no prebuilt binary can be fetched, with the headers of this very Node.
ENV npm_config_nodedir=/usr/local
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
# The Node that the package brings along is for machines with an older one; of sqlite3 its binary runs.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node node_modules/.bin/node \
  node_modules/sqlite3/deps node_modules/sqlite3/build/Release/obj node_modules/sqlite3/build/Release/obj.target

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Patchbay" \
      org.opencontainers.image.description="Self-hosted back office in one process" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    UV_THREADPOOL_SIZE=8 \
    MALLOC_ARENA_MAX=2 \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    PATCHBAY_DATADIR=/data \
    PATCHBAY_HTTP__HOST=0.0.0.0 \
    PATCHBAY_PLUGINS__MAIL__SMTP__HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=files /app/made ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY config ./config
COPY core ./core
COPY package ./package
COPY --from=files /app/plugins ./plugins
# What the files of packages were made by: their folder has a hash of it.
COPY scripts/bundle-packages.ts scripts/bundling.ts ./scripts/
# The command line by its name, in the container and from outside: docker compose exec patchbay patchbay --help
COPY --chmod=755 deploy/image/patchbay /usr/local/bin/patchbay
COPY deploy/image/health.mjs ./
# What the server runs from lies in a folder with the hash of its sources. Everything is compiled once, by the user who runs it,
# so that containers start fast and small, and commands in them run fast.
RUN ln -s node_modules/.patchbay-server/*/main.mjs start.mjs && mkdir /data .compile-cache && \
  chown node:node /data .compile-cache && \
  setpriv --reuid node --regid node --clear-groups sh -c 'node start.mjs check && node core/main.ts check' && rm -rf /data/*
# Starts as root, to adopt /data once, and goes on as uid 1000; with `--user` it is that user from the beginning. With a read-only
# root (`--read-only --tmpfs /tmp`) nothing is missing.
VOLUME /data
# Your own folder may be mounted as /site: patchbay.yaml, my-plugins/, node_modules/ (docs/publishing-a-plugin.md).
EXPOSE 5000 2525
# Red when a restart would help; the start waits a minute for PostgreSQL.
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s \
  CMD ["node", "/app/health.mjs"]
CMD ["patchbay", "start"]
