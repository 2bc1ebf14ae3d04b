# syntax=docker/dockerfile:1
FROM node:22-alpine AS build
WORKDIR /app
ENV SCARF_ANALYTICS=false
COPY package.json package-lock.json .npmrc ./
# Its sources come later, so that they do not invalidate the installation.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY console ./console
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-alpine
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/scripts ./scripts
COPY --from=build --chown=root:root /app/dist ./dist
COPY bin ./bin
# For the plugins folder of a Neo4j: it writes down what changes in the graph.
COPY capture-plugin/basset-capture.jar ./capture-plugin/basset-capture.jar
RUN ln -s /app/bin/basset-webhooks /usr/local/bin/basset-webhooks
USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "--max-old-space-size=2000", "--no-allocation-site-pretenuring", "dist/main.js"]
