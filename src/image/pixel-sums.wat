;; Whole numbers of one grey image, from which its features follow: how often each level occurs, and what
;; filters of 3×3 make of it. Vectors of eight 16-bit lanes, which hold all sums of a filter of bytes.
;; `npm run kernels` makes generated/pixel-sums.ts of this file.
;;
;; Memory
;;      0  f64 [4]        sum of the Laplacian and of its squares; sum of the pixels and of their squares
;;     32  i32 [2]        pixels whose Sobel gradient is longer than 255; pixels above level 25
;;     48  i16 [16]       which lanes count: ones to the left, zeros to the right
;;    128  i32 [2][256]   how often each level occurs, at even and at odd places; then their sums, in the first
;;   4096  u8 [height, width], and 16 bytes that are read and do not count
(module
  (memory (export "memory") 1)
  (data (i32.const 48) "\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff")

  ;; Neighbours are often alike, and the same count cannot go up twice at once: two take turns.
  (func (export "countLevels") (param $size i32)
    (local $at i32) (local $end i32) (local $place i32)
    (memory.fill (i32.const 128) (i32.const 0) (i32.const 2048))
    (local.set $at (i32.const 4096))
    (local.set $end (i32.add (i32.const 4096) (i32.and (local.get $size) (i32.const -2))))
    (block $counted
      (loop $pair
        (br_if $counted (i32.eq (local.get $at) (local.get $end)))
        (local.set $place (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))
        (i32.store offset=128 (local.get $place)
          (i32.add (i32.load offset=128 (local.get $place)) (i32.const 1)))
        (local.set $place (i32.shl (i32.load8_u offset=1 (local.get $at)) (i32.const 2)))
        (i32.store offset=1152 (local.get $place)
          (i32.add (i32.load offset=1152 (local.get $place)) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $pair)))
    (if (i32.and (local.get $size) (i32.const 1))
      (then
        (local.set $place (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))
        (i32.store offset=128 (local.get $place)
          (i32.add (i32.load offset=128 (local.get $place)) (i32.const 1)))))
    (local.set $at (i32.const 0))
    (loop $four
      (v128.store offset=128 (local.get $at)
        (i32x4.add (v128.load offset=128 (local.get $at)) (v128.load offset=1152 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $four (i32.lt_u (local.get $at) (i32.const 1024)))))

  (func (export "sumLevels") (param $size i32)
    (local $at i32) (local $end i32) (local $bright i32)
    (local $levels v128) (local $low v128) (local $high v128) (local $four v128)
    (local $sum v128) (local $squares v128)
    (local.set $at (i32.const 4096))
    (local.set $end (i32.add (i32.const 4096) (local.get $size)))
    ;; zeros add nothing to any of the sums
    (v128.store (local.get $end) (v128.const i32x4 0 0 0 0))
    (block $summed
      (loop $sixteen
        (br_if $summed (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $levels (v128.load (local.get $at)))
        (local.set $bright (i32.add (local.get $bright)
          (i32.popcnt
            (i8x16.bitmask
              (i8x16.gt_u (local.get $levels) (i8x16.splat (i32.const 25)))))))
        (local.set $low (i16x8.extend_low_i8x16_u (local.get $levels)))
        (local.set $high (i16x8.extend_high_i8x16_u (local.get $levels)))
        (local.set $four
          (i32x4.extadd_pairwise_i16x8_u (i16x8.add (local.get $low) (local.get $high))))
        (local.set $sum (i64x2.add (local.get $sum)
          (i64x2.add
            (i64x2.extend_low_i32x4_u (local.get $four))
            (i64x2.extend_high_i32x4_u (local.get $four)))))
        (local.set $four
          (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (local.get $low))
            (i32x4.dot_i16x8_s (local.get $high) (local.get $high))))
        (local.set $squares (i64x2.add (local.get $squares)
          (i64x2.add
            (i64x2.extend_low_i32x4_u (local.get $four))
            (i64x2.extend_high_i32x4_u (local.get $four)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $sixteen)))
    (f64.store (i32.const 16) (call $total (local.get $sum)))
    (f64.store (i32.const 24) (call $total (local.get $squares)))
    (i32.store (i32.const 36) (local.get $bright)))

  ;; At all pixels that have eight neighbours; the image is at least 3×3.
  (func (export "sumEdges") (param $width i32) (param $height i32)
    (local $top i32) (local $middle i32) (local $bottom i32) (local $row_end i32) (local $end i32)
    (local $count i32)
    (local $lanes v128)
    (local $left v128) (local $right v128) (local $above v128) (local $below v128) (local $centre v128)
    (local $top_left v128) (local $top_right v128) (local $bottom_left v128) (local $bottom_right v128)
    (local $laplacian v128) (local $across v128) (local $along v128) (local $pairs v128) (local $square v128)
    (local $row_sum v128) (local $sum v128) (local $squares v128) (local $edges v128)
    (local.set $top (i32.const 4096))
    (local.set $end (i32.add (i32.const 4096)
      (i32.mul (local.get $width) (i32.sub (local.get $height) (i32.const 2)))))
    (loop $row
      (local.set $row_end (i32.add (local.get $top) (i32.sub (local.get $width) (i32.const 2))))
      (local.set $row_sum (v128.const i32x4 0 0 0 0))
      (loop $eight
        (local.set $middle (i32.add (local.get $top) (local.get $width)))
        (local.set $bottom (i32.add (local.get $middle) (local.get $width)))
        (local.set $count (i32.sub (local.get $row_end) (local.get $top)))
        (if (i32.gt_u (local.get $count) (i32.const 8)) (then (local.set $count (i32.const 8))))
        (local.set $lanes
          (v128.load (i32.sub (i32.const 64) (i32.shl (local.get $count) (i32.const 1)))))
        (local.set $top_left (v128.load8x8_u (local.get $top)))
        (local.set $above (v128.load8x8_u offset=1 (local.get $top)))
        (local.set $top_right (v128.load8x8_u offset=2 (local.get $top)))
        (local.set $left (v128.load8x8_u (local.get $middle)))
        (local.set $centre (v128.load8x8_u offset=1 (local.get $middle)))
        (local.set $right (v128.load8x8_u offset=2 (local.get $middle)))
        (local.set $bottom_left (v128.load8x8_u (local.get $bottom)))
        (local.set $below (v128.load8x8_u offset=1 (local.get $bottom)))
        (local.set $bottom_right (v128.load8x8_u offset=2 (local.get $bottom)))

        ;; above + left + right + below - 4 centre
        (local.set $laplacian (v128.and (local.get $lanes)
          (i16x8.sub
            (i16x8.add
              (i16x8.add (local.get $above) (local.get $below))
              (i16x8.add (local.get $left) (local.get $right)))
            (i16x8.shl (local.get $centre) (i32.const 2)))))
        (local.set $row_sum (i32x4.add (local.get $row_sum)
          (i32x4.extadd_pairwise_i16x8_s (local.get $laplacian))))
        (local.set $square (i32x4.dot_i16x8_s (local.get $laplacian) (local.get $laplacian)))
        (local.set $squares (i64x2.add (local.get $squares)
          (i64x2.add
            (i64x2.extend_low_i32x4_u (local.get $square))
            (i64x2.extend_high_i32x4_u (local.get $square)))))

        ;; Sobel: the right column, and the bottom row, minus what is opposite
        (local.set $across (v128.and (local.get $lanes)
          (i16x8.sub
            (i16x8.add
              (i16x8.add (local.get $top_right) (local.get $bottom_right))
              (i16x8.shl (local.get $right) (i32.const 1)))
            (i16x8.add
              (i16x8.add (local.get $top_left) (local.get $bottom_left))
              (i16x8.shl (local.get $left) (i32.const 1))))))
        (local.set $along (v128.and (local.get $lanes)
          (i16x8.sub
            (i16x8.add
              (i16x8.add (local.get $bottom_left) (local.get $bottom_right))
              (i16x8.shl (local.get $below) (i32.const 1)))
            (i16x8.add
              (i16x8.add (local.get $top_left) (local.get $top_right))
              (i16x8.shl (local.get $above) (i32.const 1))))))
        ;; across² + along² of four pixels, and of the other four; true is -1
        (local.set $pairs
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
            (local.get $across) (local.get $along)))
        (local.set $edges (i32x4.sub (local.get $edges)
          (i32x4.gt_s
            (i32x4.dot_i16x8_s (local.get $pairs) (local.get $pairs))
            (v128.const i32x4 65025 65025 65025 65025))))
        (local.set $pairs
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
            (local.get $across) (local.get $along)))
        (local.set $edges (i32x4.sub (local.get $edges)
          (i32x4.gt_s
            (i32x4.dot_i16x8_s (local.get $pairs) (local.get $pairs))
            (v128.const i32x4 65025 65025 65025 65025))))

        (local.set $top (i32.add (local.get $top) (i32.const 8)))
        (br_if $eight (i32.lt_u (local.get $top) (local.get $row_end))))
      (local.set $sum (i64x2.add (local.get $sum)
        (i64x2.add
          (i64x2.extend_low_i32x4_s (local.get $row_sum))
          (i64x2.extend_high_i32x4_s (local.get $row_sum)))))
      (local.set $top (i32.add (local.get $row_end) (i32.const 2)))
      (br_if $row (i32.lt_u (local.get $top) (local.get $end))))
    (f64.store (i32.const 0) (call $total (local.get $sum)))
    (f64.store (i32.const 8) (call $total (local.get $squares)))
    (i32.store (i32.const 32)
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $edges)) (i32x4.extract_lane 1 (local.get $edges)))
        (i32.add (i32x4.extract_lane 2 (local.get $edges)) (i32x4.extract_lane 3 (local.get $edges))))))

  (func $total (param $halves v128) (result f64)
    (f64.convert_i64_s
      (i64.add
        (i64x2.extract_lane 0 (local.get $halves)) (i64x2.extract_lane 1 (local.get $halves))))))
