import { loadTensorflow } from '../../native/tensorflow/index.js'
import { serveParent, type DevicePolicy } from '../../runtime/index.js'
import { runSelfTest } from './self-test.js'

/** Child process of the doctor: loads TensorFlow under a policy, computes, compares with golden values. */
serveParent(async (input) => {
  const loaded = await loadTensorflow({ device: input as DevicePolicy })
  return { facts: loaded.facts, results: runSelfTest(loaded) }
})
