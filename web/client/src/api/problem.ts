// What the server refuses, as a typed error with advice for the person.
// The server's problem documents follow RFC 9457 and carry a stable `code`.
import { common } from '../i18n/common';

export type ProblemDocument = {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  [extension: string]: unknown;
};

export class Problem extends Error {
  override readonly name = 'Problem';

  /** `status` is 0 when no answer came at all. */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly document: ProblemDocument = {},
  ) {
    super(document.detail ?? document.title ?? code);
  }

  /** What to tell the person, in their language. */
  get advice(): string {
    return advice(this.status, this.code);
  }

  static async from(response: Response): Promise<Problem> {
    const document = await readDocument(response);
    return new Problem(response.status, document.code ?? `http_${response.status}`, document);
  }

  static offline(): Problem {
    return new Problem(0, 'offline');
  }

  static timeout(): Problem {
    return new Problem(0, 'timeout');
  }
}

/** The advice for anything thrown: a problem's own, or the general one. */
export function adviceFor(error: unknown): string {
  return error instanceof Problem ? error.advice : common.errors.server;
}

/** Which field of what was sent is refused, if it is about one. */
export function fieldOf(error: unknown): string | undefined {
  const field = error instanceof Problem ? error.document.field : undefined;
  return typeof field === 'string' ? field : undefined;
}

function advice(status: number, code: string): string {
  if (code === 'offline') return common.errors.offline;
  if (code === 'timeout') return common.errors.timeout;
  if (code === 'slot_taken') return common.errors.slot_taken;
  if (code === 'email_taken') return common.errors.email_taken;
  if (code === 'last_owner') return common.errors.last_owner;
  switch (status) {
    case 401:
      return common.errors.unauthorized;
    case 403:
      return common.errors.forbidden;
    case 404:
    case 410:
      return common.errors.not_found;
    case 409:
    case 412:
      return common.errors.changed;
    case 429:
      return common.errors.too_many;
    case 400:
    case 413:
    case 415:
    case 422:
      return common.errors.invalid;
    default:
      return common.errors.server;
  }
}

async function readDocument(response: Response): Promise<ProblemDocument> {
  if (!response.headers.get('content-type')?.includes('json')) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}
