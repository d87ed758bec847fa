# The context is dist/relay, as npm run build leaves it:
#   docker build -f infra/build/relay.Dockerfile -t IMAGE dist/relay
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /relay
COPY package.json ./
RUN npm install --omit=dev --no-package-lock --no-audit --no-fund
COPY . .
USER node
# node itself and not npm, so that it is node that receives SIGTERM.
CMD ["node", "index.js"]
