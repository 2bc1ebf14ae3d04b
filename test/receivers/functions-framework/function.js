import functions from '@google-cloud/functions-framework';

/** Prints each CloudEvent that the framework took for one. */
functions.cloudEvent('printed', (event) => console.log(`EVENT ${JSON.stringify(event)}`));
