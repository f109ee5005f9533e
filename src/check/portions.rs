//! Small things taken together, so that passing them from thread to thread costs little beside judging them.

/// A portion holds no more than this many.
const MOST: usize = 8;

/// Nor more than one beyond this weight, in octets.
const HEAVY: usize = 256 << 10;

/// Items in portions, in their order.
pub struct Portions<I, W> {
    items: I,
    weight: W,
}

/// Items in portions, each bounded by count and by the sum of what its items weigh, in octets.
pub fn portions<I: Iterator, W: Fn(&I::Item) -> usize>(items: I, weight: W) -> Portions<I, W> {
    Portions { items, weight }
}

impl<I: Iterator, W: Fn(&I::Item) -> usize> Iterator for Portions<I, W> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Vec<I::Item>> {
        let mut portion = vec![self.items.next()?];
        let mut heavy = (self.weight)(&portion[0]);
        while portion.len() < MOST && heavy < HEAVY {
            let Some(item) = self.items.next() else { break };
            heavy += (self.weight)(&item);
            portion.push(item);
        }
        Some(portion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_no_portion_is_large() {
        let weights: Vec<usize> = (0..500).map(|at| if at % 50 == 7 { HEAVY } else { at * 100 }).collect();
        let portions: Vec<_> = portions(weights.iter().copied(), |weight| *weight).collect();
        assert_eq!(portions.concat(), weights);
        for portion in portions {
            let (_, all_but_one) = portion.split_last().unwrap();
            assert!(portion.len() <= MOST && all_but_one.iter().sum::<usize>() < HEAVY);
        }
        assert_eq!(super::portions(std::iter::empty::<usize>(), |weight| *weight).count(), 0);
    }
}
