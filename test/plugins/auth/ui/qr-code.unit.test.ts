/** QR codes square by square, as two other programs make and read them (uqr, jsQR). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { qrCode } from '../../../../plugins/auth/ui/parts/qr-code.ts';

const OF_PATCHBAY = `
#######...#.#.#######
#.....#.#.#.#.#.....#
#.###.#.#.##..#.###.#
#.###.#.....#.#.###.#
#.###.#.#####.#.###.#
#.....#.###...#.....#
#######.#.#.#.#######
........#............
##.#..##..###.###.##.
#....#..##.#.##.##.##
#####.##..##..##.##.#
.#.###....#.###..#.##
#.##..#..#.#..#.##..#
........#.#..###...#.
#######.#.###.######.
#.....#...#...###..#.
#.###.#...#.###....#.
#.###.#.#.#..####..##
#.###.#..#.#.#####..#
#.....#.#####..##....
#######.#....#...#.#.`;

const drawn = (text: string) => qrCode(text).map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''));
const digest = (text: string) => createHash('sha256').update(drawn(text).join('\n')).digest('hex').slice(0, 16);

describe('QR codes', () => {
  it('have every square where the standard wants it', () => {
    assert.equal(`\n${drawn('Patchbay').join('\n')}`, OF_PATCHBAY);
  });

  it('grow with the text: with versions, alignment and several blocks', () => {
    const known = [
      ['otpauth://totp/Patchbay:ada%40example.org?issuer=Patchbay&secret=JBSWY3DPEHPK3PXP', 37, '6acc74260a0e7a31'],
      ['x'.repeat(200), 53, '774c400e94c89f08'],
      ['long '.repeat(100), 77, 'a95239fa0d7a235e'],
    ] as const;
    for (const [text, size, hash] of known) {
      assert.equal(qrCode(text).length, size);
      assert.equal(digest(text), hash);
    }
  });

  it('refuse a text that is too long', () => {
    assert.throws(() => qrCode('x'.repeat(900)), RangeError);
  });
});
