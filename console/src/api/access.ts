import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './session.js';

export const SessionContext = createContext<Session | undefined>(undefined);

/** Whether the user may change something: with a read-only key there are no buttons that do. */
export const useMayChange = (): boolean => useContext(SessionContext)?.read_only === false;
