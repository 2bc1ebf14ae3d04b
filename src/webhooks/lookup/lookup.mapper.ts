import type { AttemptRecord } from '../../delivery/model/delivery.js';
import type { Attempts, EventTrail } from '../../history/log/delivery-trail.neo4j.repository.js';
import { deliveryAnswer, payloadAnswer } from '../answer.mapper.js';
import type { AttemptDto, AttemptListDto, EventDto, MatchDto, MatchedDto } from '../dto/lookup.dto.js';
import type { Matched, Matching } from './lookup.service.js';

function attemptAnswer(attempt: AttemptRecord): AttemptDto {
  return {
    number: attempt.number,
    started_at: attempt.startedAt,
    duration_ms: attempt.durationMs,
    response_code: attempt.responseCode,
    response_body: attempt.responseBody,
    error_message: attempt.errorMessage,
    error_code: attempt.errorCode,
  };
}

export function attemptListAnswer({ attempts, total }: Attempts): AttemptListDto {
  return { attempts: attempts.map(attemptAnswer), total };
}

export function eventAnswer(trail: EventTrail): EventDto {
  return {
    id: trail.id,
    event: trail.event,
    project_id: trail.projectId,
    timestamp: trail.timestamp,
    created_at: trail.createdAt,
    payload: payloadAnswer(trail.body),
    deliveries: trail.deliveries.map(deliveryAnswer),
    total: trail.total,
  };
}

const matchedAnswer = ({ webhookId, name }: Matched): MatchedDto => ({ webhook_id: webhookId, name });

export function matchAnswer(matching: Matching): MatchDto {
  return {
    would_receive: matching.wouldReceive.map(matchedAnswer),
    would_receive_total: matching.wouldReceiveTotal,
    would_not: matching.wouldNot.map((one) => ({
      webhook_id: one.webhookId,
      name: one.name,
      reason: one.reason,
    })),
    would_not_total: matching.wouldNotTotal,
  };
}
