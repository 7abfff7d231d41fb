import { expect, it } from 'vitest';
import { labelsOfEnvironment } from '../../../src/import/cdi/labels.js';

it('makes labels of the variables that stand for one', () => {
  expect(
    labelsOfEnvironment([
      'PATH=/usr/bin',
      'INSTANCETYPE_KUBEVIRT_IO_DEFAULT_INSTANCETYPE=u1.medium',
      'INSTANCETYPE_KUBEVIRT_IO_DEFAULT_PREFERENCE=fedora',
      'KUBEVIRT_IO_TEST=a=b',
      'A_B_KUBEVIRT_IO_C_D=e',
      'KUBEVIRT_IO_NO_VALUE',
    ]),
  ).toEqual({
    'instancetype.kubevirt.io/default-instancetype': 'u1.medium',
    'instancetype.kubevirt.io/default-preference': 'fedora',
    'kubevirt.io/test': 'a=b',
    'a.b.kubevirt.io/c-d': 'e',
  });
});
