import { Injectable, type PipeTransform } from '@nestjs/common';
import { unprocessable } from '../common/http/validation.pipe.js';
import { LIMITS } from './webhook-limits.js';
import { textProblems } from './webhook-problems.js';

/** The project in a path is bounded like the one in a body: it becomes an index key. */
@Injectable()
export class ProjectIdPipe implements PipeTransform<string, string> {
  /** @throws DomainError (422) */
  transform(value: string): string {
    const problems = textProblems('project_id', value, 1, LIMITS.projectId);
    if (problems.length === 0) return value;
    throw unprocessable(problems.map((problem) => ({ ...problem, loc: ['path', 'project_id'] })));
  }
}
