import { describe, expect, it } from '@jest/globals';
import { keepPlan, keptParameters } from './keep-plan.js';

describe('a statement whose plan is kept', () => {
  it('takes all parameters from one map, whatever they are called', () => {
    expect(keepPlan('MATCH (n:A {id: $id}) WHERE n.at <= $now_2 RETURN $id')).toBe(
      'CYPHER replan=skip MATCH (n:A {id: $p.id}) WHERE n.at <= $p.now_2 RETURN $p.id',
    );
    expect(keptParameters({ id: 'x', now_2: null })).toEqual({ p: { id: 'x', now_2: null } });
  });
});
