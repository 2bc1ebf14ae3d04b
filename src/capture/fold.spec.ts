import { fold } from './fold.js';
import type { GraphEvent } from './graph-event.js';

const created = (id: string, projectId = 'case'): GraphEvent => ({
  event: 'entity.created',
  projectId,
  data: { entity_id: id },
  at: Number(id),
});
const some = (count: number, projectId?: string): GraphEvent[] =>
  Array.from({ length: count }, (_, i) => created(String(i), projectId));

describe('fold', () => {
  it('leaves all single where nothing is to be folded', () => {
    expect(fold(some(300), 0)).toHaveLength(300);
    expect(fold(some(3), 3)).toEqual(some(3));
  });

  it('tells of more than that once, where the first of them stood, with their number and the first ids', () => {
    const other: GraphEvent = {
      event: 'project.deleted',
      projectId: 'case',
      data: { project_id: 'u' },
      at: 999,
    };
    const [folded, last] = fold([...some(150), other], 100);
    expect(folded).toMatchObject({ event: 'entity.created', projectId: 'case', at: 149 });
    expect(folded?.data).toMatchObject({ folded: true, count: 150 });
    expect(folded?.data['ids']).toEqual(some(100).map(({ data }) => data['entity_id']));
    expect(last).toEqual(other);
  });

  it('keeps projects and types apart', () => {
    expect(fold([...some(3, 'a'), ...some(3, 'b')], 2).map(({ projectId }) => projectId)).toEqual(['a', 'b']);
  });
});
