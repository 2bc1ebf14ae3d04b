/** No editor, no project, the loopback only. */
module.exports = {
  uiHost: '127.0.0.1',
  httpAdminRoot: false,
  flowFile: 'flows.json',
  credentialSecret: false,
  logging: { console: { level: 'warn' } },
};
