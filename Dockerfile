# Patchbay in a small image: no compiler, no development packages, not root.
FROM node:24-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
# sqlite3 is compiled here when no prebuilt binary can be fetched.
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/build-web.ts && node scripts/bundle-packages.ts && node scripts/bundle-server.ts
# The Node that the package brings along is for machines with an older one.
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    UV_THREADPOOL_SIZE=8 \
    MALLOC_ARENA_MAX=2 \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    PATCHBAY_DATADIR=/data \
    PATCHBAY_HTTP__HOST=0.0.0.0 \
    PATCHBAY_PLUGINS__MAIL__SMTP__HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY config ./config
COPY core ./core
COPY package ./package
COPY --from=build /app/plugins ./plugins
# What the server runs from lies in a folder with the hash of its sources.
RUN ln -s node_modules/.patchbay-server/*/main.mjs start.mjs
# Compiles everything once, so that containers start fast and small, and commands in them run fast.
RUN node start.mjs check && node core/main.ts check
# The command line by its name: docker compose exec patchbay patchbay --help
RUN printf '#!/bin/sh\nexec node /app/core/main.ts "$@"\n' > /usr/local/bin/patchbay && chmod 755 /usr/local/bin/patchbay
# uid 1000: a folder of the host that is mounted here must belong to it.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# Your own folder may be mounted as /site: patchbay.yaml, my-plugins/, node_modules/ (docs/publishing-a-plugin.md).
EXPOSE 5000 2525
# Red when a restart would help; the start waits a minute for PostgreSQL.
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PATCHBAY_HTTP__PORT ?? 5000) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "start.mjs", "start"]
