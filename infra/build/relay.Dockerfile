# The build context is dist/relay, the output of npm run build:
#   docker build -f infra/build/relay.Dockerfile -t IMAGE dist/relay
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /relay
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
USER node
# Not npm start, so that node itself receives SIGTERM.
CMD ["node", "index.js"]
