package jwtverify

import (
	"crypto/ed25519"
	"encoding/hex"
	"slices"
)

// smallOrder are the encodings of the points of edwards25519 whose order divides
// 8 (RFC 8032 section 5.1), without the sign of x. crypto/ed25519 accepts them as
// keys, and then one signature verifies one message in eight at least, whoever
// made it. The last two are y = 0 and y = 1 once more, not reduced modulo
// 2²⁵⁵-19.
var smallOrder = [...]string{
	"0100000000000000000000000000000000000000000000000000000000000000", // order 1
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
	"0000000000000000000000000000000000000000000000000000000000000000", // order 4
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func isSmallOrder(k ed25519.PublicKey) bool {
	y := slices.Clone(k)
	y[len(y)-1] &= 0x7f
	return slices.Contains(smallOrder[:], hex.EncodeToString(y))
}
