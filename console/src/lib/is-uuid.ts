/** Whether it can be the id of a webhook or a delivery. What is none may well be another route of the API: `stats`. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
