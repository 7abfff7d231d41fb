# The importer's image. `docker build .` makes one to run `oomkit import` in, as the Job that `oomkit import --job` prints does, and
# to be CDI's importer. `docker build --target cdi --build-arg CDI_IMPORTER=IMAGE .` adds CDI's own tools from the importer image of
# a cluster, which CDI runs from the same image: docs/import-cdi.md.
ARG NODE=node:20-bookworm-slim
ARG CDI_IMPORTER=scratch

FROM ${NODE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY scripts scripts
COPY src src
COPY web web
COPY examples examples
COPY LICENSE README.md tsconfig.json ./
# What is left of node_modules is koffi, the binding to libc.
RUN npm run build && npm prune --omit=dev

FROM ${CDI_IMPORTER} AS cdi-importer

FROM ${NODE} AS oomkit
# What an import runs (docs/import-cdi.md tells for what). util-linux, of which it runs prlimit and setpriv, is in every Debian.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bzip2 openssl qemu-utils xz-utils zstd \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/package.json /src/LICENSE /usr/lib/oomkit/
COPY --from=build /src/dist /usr/lib/oomkit/dist
COPY --from=build /src/node_modules /usr/lib/oomkit/node_modules
# As CDI's own image; its controller runs it as 107, which is qemu's, and so does the Job.
USER 1001
ENTRYPOINT ["node", "/usr/lib/oomkit/dist/oomkit.js"]

FROM oomkit AS cdi
COPY --from=cdi-importer /usr/bin/cdi-containerimage-server /usr/bin/cdi-image-size-detection /usr/bin/cdi-source-update-poller /usr/bin/

# The last one is built when no other is asked for.
FROM oomkit
