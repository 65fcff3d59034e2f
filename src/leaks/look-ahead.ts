import type { Bars } from '../data/index.js'
import type { BarTransform } from './bar-transform.js'
import { certifyLeaks, type CertifyLeaksOptions } from './certify-leaks.js'
import type { LeakCertificate } from './leak-certificate.js'

/** The leak certificate of features alone: {@link certifyLeaks} with nothing but `features`. */
export function checkLookAhead(transform: BarTransform, bars: Bars, options: CertifyLeaksOptions = {}): LeakCertificate {
  return certifyLeaks({ features: { transform, bars } }, options)
}
