/** `node --import` this: the process ends when whoever holds the other end of its standard input is gone, however it went. */
process.stdin.on('close', () => process.exit(1)).resume();
process.stdin.unref();
