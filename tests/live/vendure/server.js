// A real Vendure server for the live tests: its data in a file named by VENDURE_DB, on loopback.
const {
  bootstrap, bootstrapWorker, DefaultLogger, LogLevel, DefaultJobQueuePlugin, dummyPaymentHandler,
  LanguageCode,
} = require('@vendure/core');
const { populate } = require('@vendure/core/cli');

const config = {
  apiOptions: {
    hostname: '127.0.0.1', port: Number(process.env.PORT), adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    requireVerification: false,
  },
  dbConnectionOptions: {
    type: 'better-sqlite3', database: process.env.VENDURE_DB, synchronize: true, logging: false,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [DefaultJobQueuePlugin.init({})],
};

const initialData = {
  defaultLanguage: LanguageCode.en, defaultZone: 'Americas',
  taxRates: [{ name: 'None', percentage: 0 }],
  countries: [{ name: 'United States of America', code: 'US', zone: 'Americas' }],
  shippingMethods: [{ name: 'Standard', price: 500 }],
  paymentMethods: [{
    name: 'Dummy',
    handler: { code: dummyPaymentHandler.code, arguments: [{ name: 'automaticSettle', value: 'true' }] },
  }],
  collections: [], roles: [],
};

async function main() {
  const app = await populate(() => bootstrap(config), initialData);
  const worker = await bootstrapWorker(config);
  await worker.startJobQueue();
  console.log('READY');
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => app.close().then(() => process.exit(0)));
  }
}

main().catch((error) => { console.error(error); process.exit(1); });
