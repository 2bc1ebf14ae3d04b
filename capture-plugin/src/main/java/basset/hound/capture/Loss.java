package basset.hound.capture;

/**
 * What a transaction changed and no row tells of.
 *
 * @param error null where there was no error, but no room
 */
record Loss(String reason, Throwable error) {}
