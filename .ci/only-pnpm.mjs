// A plain `npm install` links nothing between the packages and says so to nobody; say it here.
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error(
    'busward: this is a pnpm workspace. Run `npx pnpm@10 start` or `npx pnpm@10 test`; each installs by itself.',
  );
  process.exit(1);
}
