# syntax=docker/dockerfile:1
# Judges the newest model on the test split and writes to /app/reports.
# The stages `modules` and `build` are the same in all four files, so that they are built once.
ARG NODE_IMAGE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d

FROM ${NODE_IMAGE} AS modules
WORKDIR /opt/atelier
COPY package.json package-lock.json .npmrc ./
# the secret is for who reaches packages through a mirror: --secret id=npmrc,src=$HOME/.npmrc
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --no-audit --no-fund \
    && npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > sbom.cdx.json \
    && cd node_modules/onnxruntime-node/bin/napi-v6 \
    && find . -mindepth 2 -maxdepth 2 ! -path "./linux/$(node -p process.arch)" -exec rm -r {} + \
    && find . -mindepth 1 -maxdepth 1 ! -name linux -exec rmdir {} +

FROM ${NODE_IMAGE} AS build
WORKDIR /opt/atelier
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY web web
RUN npm run build && find dist -name .tsbuildinfo -delete

FROM ${NODE_IMAGE} AS evaluate
ENV NODE_ENV=production
WORKDIR /opt/atelier
COPY --from=modules /opt/atelier/node_modules node_modules
COPY --from=modules /opt/atelier/sbom.cdx.json ./
COPY LICENSE package.json ./
COPY conf conf
COPY --from=build /opt/atelier/dist dist
# what a project keeps is mounted here; the folders are there so that new volumes belong to the user
WORKDIR /app
RUN mkdir -p .atelier data models reports runs && chown -R 1000:1000 /app
USER 1000:1000
STOPSIGNAL SIGTERM
# it ends by itself and listens nowhere: its exit code tells how it went
HEALTHCHECK NONE
ENTRYPOINT ["node", "/opt/atelier/dist/main/atelier.js"]
CMD ["evaluate"]
# last: they differ in every build, and nothing above is to be built anew for them
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="atelier-evaluate" \
      org.opencontainers.image.description="Judges an image classifier" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim" \
      dev.atelier.sbom="/opt/atelier/sbom.cdx.json"
