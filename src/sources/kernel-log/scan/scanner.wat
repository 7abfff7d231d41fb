;; Finds the first of a few short strings ("anchors") in a buffer and counts the newlines before it, at nearly the speed at
;; which memory can be read. scripts/build-scanner.ts compiles it; simd-scanner.ts fills the tables and calls it.
;;
;; The search is a form of Teddy (Hyperscan's multi-literal matcher). Each anchor is known by fingerprints of three bytes; a
;; fingerprint belongs to one of eight buckets, a bit each. Six tables of sixteen entries, two for each fingerprint byte, say
;; for its low and its high nibble in which buckets a byte with that nibble occurs. One swizzle looks sixteen nibbles up, and
;; the AND of six look-ups leaves a bit only where all three bytes fit. Such a place is a candidate and is compared in full.
;;
;; Unlike Teddy's, the fingerprints are sought at every second byte only. Each anchor has one fingerprint at an even offset and
;; one at an odd offset, so one of them is met wherever the anchor lies. The even and the odd bytes of 32 are split into a
;; vector each, and one set of look-ups then serves 32 bytes instead of 16.
;;
;; Memory:
;;      0  six tables of 16 bytes: first, second and third byte; low, then high nibbles
;;     96  the candidates of 32 bytes, a byte of bucket bits each
;;    112  address behind the last record
;;    116  how far behind an anchor's start a fingerprint of it can end
;;    128  records of 32 bytes: bucket bit, fingerprint's offset in the anchor, anchor's length, a zero, the anchor's text
;;   4096  the buffer, and 32 bytes that may be read but mean nothing
(module
  (memory (export "memory") 1)

  ;; Newlines that the last find() passed over.
  (global $newlines (export "newlines") (mut i32) (i32.const 0))

  ;; Bytes searched before their newlines are counted, while the first level of cache still holds them. Even, so that every
  ;; block is searched at the same parity.
  (global $block i32 (i32.const 16384))

  ;; How many of [$from, $to) are newlines; 0 for an empty or reversed range.
  (func $count (export "count") (param $from i32) (param $to i32) (result i32)
    (local $newline v128)
    (local $sums v128)
    (local $total i32)
    (local $left i32)
    (local $bits i32)
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (i32.const 0))))
    (local.set $newline (i8x16.splat (i32.const 10)))
    (local.set $left (i32.sub (local.get $to) (local.get $from)))
    ;; A comparison yields -1 where it holds: four add up to at most -4 in a byte, and the sums are widened to 32 bits.
    (block $short
      (loop $group
        (br_if $short (i32.lt_u (local.get $left) (i32.const 64)))
        (local.set $sums
          (i32x4.sub
            (local.get $sums)
            (i32x4.extadd_pairwise_i16x8_s
              (i16x8.extadd_pairwise_i8x16_s
                (i8x16.add
                  (i8x16.add
                    (i8x16.eq (v128.load (local.get $from)) (local.get $newline))
                    (i8x16.eq (v128.load offset=16 (local.get $from)) (local.get $newline)))
                  (i8x16.add
                    (i8x16.eq (v128.load offset=32 (local.get $from)) (local.get $newline))
                    (i8x16.eq (v128.load offset=48 (local.get $from)) (local.get $newline))))))))
        (local.set $from (i32.add (local.get $from) (i32.const 64)))
        (local.set $left (i32.sub (local.get $left) (i32.const 64)))
        (br $group)))
    (local.set $total
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
        (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))
    (block $done
      (loop $rest
        (br_if $done (i32.le_s (local.get $left) (i32.const 0)))
        (local.set $bits (i8x16.bitmask (i8x16.eq (v128.load (local.get $from)) (local.get $newline))))
        (if (i32.lt_s (local.get $left) (i32.const 16))
          (then
            (local.set $bits
              (i32.and (local.get $bits) (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))))))
        (local.set $total (i32.add (local.get $total) (i32.popcnt (local.get $bits))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $left (i32.sub (local.get $left) (i32.const 16)))
        (br $rest)))
    (local.get $total))

  ;; Compares $length bytes at $a and at $b.
  (func $equal (param $a i32) (param $b i32) (param $length i32) (result i32)
    (loop $next
      (if (i32.ne (i32.load8_u (local.get $a)) (i32.load8_u (local.get $b))) (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (local.set $b (i32.add (local.get $b) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br_if $next (local.get $length)))
    (i32.const 1))

  ;; The start of the first anchor in [$from, $to) that has a fingerprint of one of the $buckets at $at; -1 if there is none.
  (func $verify (param $at i32) (param $buckets i32) (param $from i32) (param $to i32) (result i32)
    (local $record i32)
    (local $end i32)
    (local $start i32)
    (local $length i32)
    (local $best i32)
    (local.set $best (i32.const -1))
    (local.set $record (i32.const 128))
    (local.set $end (i32.load (i32.const 112)))
    (loop $next
      (if (i32.and (i32.load8_u (local.get $record)) (local.get $buckets))
        (then
          (local.set $start (i32.sub (local.get $at) (i32.load8_u offset=1 (local.get $record))))
          (local.set $length (i32.load8_u offset=2 (local.get $record)))
          (if
            (i32.and
              (i32.lt_u (local.get $start) (local.get $best))
              (i32.and
                (i32.ge_u (local.get $start) (local.get $from))
                (i32.le_u (i32.add (local.get $start) (local.get $length)) (local.get $to))))
            (then
              (if
                (call $equal
                  (local.get $start)
                  (i32.add (local.get $record) (i32.const 4))
                  (local.get $length))
                (then (local.set $best (local.get $start))))))))
      (local.set $record (i32.add (local.get $record) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $record) (local.get $end))))
    (local.get $best))

  ;; The start of the first anchor in [$from, $to) of those with a fingerprint that begins at or after $at, at an even distance
  ;; from it, and ends before $end; -1 if there is none. It may find one with a fingerprint that ends a little later.
  (func $scan (param $from i32) (param $at i32) (param $end i32) (param $to i32) (result i32)
    (local $first-low v128)
    (local $first-high v128)
    (local $second-low v128)
    (local $second-high v128)
    (local $third-low v128)
    (local $third-high v128)
    (local $nibble v128)
    (local $even-byte v128)
    (local $x v128)
    (local $y v128)
    (local $even v128)
    (local $odd v128)
    (local $low v128)
    (local $high v128)
    (local $pair v128)
    (local $previous-pair v128)
    (local $third v128)
    (local $candidates v128)
    (local $lanes i32)
    (local $lane i32)
    (local $hit i32)
    (local $best i32)
    (local.set $first-low (v128.load (i32.const 0)))
    (local.set $first-high (v128.load (i32.const 16)))
    (local.set $second-low (v128.load (i32.const 32)))
    (local.set $second-high (v128.load (i32.const 48)))
    (local.set $third-low (v128.load (i32.const 64)))
    (local.set $third-high (v128.load (i32.const 80)))
    (local.set $nibble (i8x16.splat (i32.const 0x0f)))
    (local.set $even-byte (i16x8.splat (i32.const 0x00ff)))
    (local.set $best (i32.const -1))
    (loop $group
      ;; $pair says where an even byte and the odd byte behind it may begin a fingerprint, $third where an even byte may end
      ;; one. A fingerprint's third byte is the next pair's first, hence the shift by a lane.
      (local.set $x (v128.load (local.get $at)))
      (local.set $y (v128.load offset=16 (local.get $at)))
      (local.set $even
        (i8x16.narrow_i16x8_u
          (v128.and (local.get $x) (local.get $even-byte))
          (v128.and (local.get $y) (local.get $even-byte))))
      (local.set $odd
        (i8x16.narrow_i16x8_u
          (i16x8.shr_u (local.get $x) (i32.const 8))
          (i16x8.shr_u (local.get $y) (i32.const 8))))
      (local.set $low (v128.and (local.get $even) (local.get $nibble)))
      (local.set $high (v128.and (i16x8.shr_u (local.get $even) (i32.const 4)) (local.get $nibble)))
      (local.set $third
        (v128.and
          (i8x16.swizzle (local.get $third-low) (local.get $low))
          (i8x16.swizzle (local.get $third-high) (local.get $high))))
      (local.set $pair
        (v128.and
          (i8x16.swizzle (local.get $first-low) (local.get $low))
          (i8x16.swizzle (local.get $first-high) (local.get $high))))
      (local.set $low (v128.and (local.get $odd) (local.get $nibble)))
      (local.set $high (v128.and (i16x8.shr_u (local.get $odd) (i32.const 4)) (local.get $nibble)))
      (local.set $pair
        (v128.and
          (local.get $pair)
          (v128.and
            (i8x16.swizzle (local.get $second-low) (local.get $low))
            (i8x16.swizzle (local.get $second-high) (local.get $high)))))
      (local.set $candidates
        (v128.and
          (local.get $third)
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $previous-pair)
            (local.get $pair))))
      (local.set $previous-pair (local.get $pair))
      (if (v128.any_true (local.get $candidates))
        (then
          (v128.store (i32.const 96) (local.get $candidates))
          (local.set $lanes (i8x16.bitmask (i8x16.ne (local.get $candidates) (v128.const i32x4 0 0 0 0))))
          (loop $candidate
            (local.set $lane (i32.ctz (local.get $lanes)))
            (local.set $hit
              (call $verify
                (i32.sub (i32.add (local.get $at) (i32.shl (local.get $lane) (i32.const 1))) (i32.const 2))
                (i32.load8_u offset=96 (local.get $lane))
                (local.get $from)
                (local.get $to)))
            ;; An anchor that begins before this one may have its fingerprint behind this one's: look on that far.
            (if (i32.lt_u (local.get $hit) (local.get $best))
              (then
                (local.set $best (local.get $hit))
                (local.set $end (i32.add (local.get $best) (i32.load (i32.const 116))))
                (if (i32.gt_u (local.get $end) (local.get $to)) (then (local.set $end (local.get $to))))))
            (local.set $lanes (i32.and (local.get $lanes) (i32.sub (local.get $lanes) (i32.const 1))))
            (br_if $candidate (local.get $lanes)))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $group (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $best))

  ;; The start of the first anchor that lies wholly in [$from, $to), or -1; sets $newlines.
  (func (export "find") (param $from i32) (param $to i32) (result i32)
    (local $at i32)
    (local $end i32)
    (local $hit i32)
    (local $seen i32)
    (local.set $hit (i32.const -1))
    (local.set $at (local.get $from))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $end (i32.add (local.get $at) (global.get $block)))
        (if (i32.gt_u (local.get $end) (local.get $to)) (then (local.set $end (local.get $to))))
        ;; A fingerprint that begins in the last two bytes of a block ends in the next.
        (local.set $hit
          (call $scan
            (local.get $from)
            (if (result i32) (i32.eq (local.get $at) (local.get $from))
              (then (local.get $at))
              (else (i32.sub (local.get $at) (i32.const 2))))
            (local.get $end)
            (local.get $to)))
        ;; An anchor may begin before this block, but holds no newline: then there is none left to count.
        (local.set $seen
          (i32.add
            (local.get $seen)
            (call $count
              (local.get $at)
              (if (result i32) (i32.eq (local.get $hit) (i32.const -1))
                (then (local.get $end))
                (else (local.get $hit))))))
        (br_if $done (i32.ne (local.get $hit) (i32.const -1)))
        (local.set $at (local.get $end))
        (br $next)))
    (global.set $newlines (local.get $seen))
    (local.get $hit))
)
