package gateway

import (
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"
)

// Opcodes and statuses of RFC 6455, sections 5.2 and 7.4.1.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10

	closeNormal      = 1000
	closeGoingAway   = 1001
	closeProtocol    = 1002
	closeUnsupported = 1003
	closeNoStatus    = 1005 // never sent
	closeAbnormal    = 1006 // never sent
	closeBadText     = 1007
	closeTooBig      = 1009
)

// maxFrame is the largest frame ("Quotas for configuring and running a WebSocket
// API in API Gateway").
const maxFrame = 32 << 10

// Error makes a closing the reason why nothing more can be read.
func (c *closing) Error() string {
	return fmt.Sprintf("gateway: the connection ended with status %d", c.status)
}

// payload is the body of a close frame, RFC 6455 section 5.5.1.
func (c *closing) payload() []byte {
	if c.status == closeNoStatus {
		return nil
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(c.status)), c.reason...)
}

// appendFrame appends a whole frame as a server sends it, without a mask.
func appendFrame(dst []byte, opcode byte, payload []byte) []byte {
	const fin = 0x80
	dst = append(dst, fin|opcode)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, byte(n))
	case n <= 0xffff:
		dst = binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
	return append(dst, payload...)
}

// readMessage returns the next text message, and answers pings between its frames.
// That API Gateway takes no binary messages is unconfirmed.
func (c *wire) readMessage() (string, error) {
	var message []byte
	for first := true; ; {
		fin, opcode, payload, err := c.readFrame()
		switch {
		case err != nil:
			return "", err
		case opcode == opPing:
			if err := c.write(appendFrame(nil, opPong, payload)); err != nil {
				return "", err
			}
			continue
		case opcode == opPong:
			continue
		case opcode == opClose:
			return "", closeOf(payload)
		case opcode == opBinary:
			return "", &closing{closeUnsupported, "binary messages are not taken"}
		case first != (opcode == opText) || !first && opcode != opContinuation:
			return "", &closing{closeProtocol, ""}
		}
		first = false
		message = append(message, payload...)
		if len(message) > maxMessage { // one byte is enough for Message to notice
			return string(message[:maxMessage+1]), nil
		}
		if fin {
			break
		}
	}
	if !utf8.Valid(message) {
		return "", &closing{closeBadText, ""}
	}
	return string(message), nil
}

// closeOf is what a client's close frame says.
func closeOf(payload []byte) *closing {
	if len(payload) < 2 {
		return &closing{closeNoStatus, ""}
	}
	status, reason := int(binary.BigEndian.Uint16(payload)), string(payload[2:])
	if status < 1000 || status == closeNoStatus || status == closeAbnormal || !utf8.ValidString(reason) {
		return &closing{closeProtocol, ""}
	}
	return &closing{status, reason}
}

// readFrame reads a client's frame, RFC 6455 section 5.2: with a mask, and as no
// extension was agreed on without reserved bits.
func (c *wire) readFrame() (fin bool, opcode byte, payload []byte, err error) {
	c.touch()
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return false, 0, nil, err
	}
	fin, opcode = head[0]&0x80 != 0, head[0]&0x0f
	control := opcode >= opClose
	if head[0]&0x70 != 0 || head[1]&0x80 == 0 || control && (!fin || head[1]&0x7f > 125) {
		return false, 0, nil, &closing{closeProtocol, ""}
	}
	size, err := c.frameSize(head[1] & 0x7f)
	if err != nil {
		return false, 0, nil, err
	}
	if size > maxFrame {
		return false, 0, nil, &closing{closeTooBig, ""}
	}
	masked := make([]byte, 4+size)
	if _, err := io.ReadFull(c.in, masked); err != nil {
		return false, 0, nil, err
	}
	mask, payload := masked[:4], masked[4:]
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return fin, opcode, payload, nil
}

func (c *wire) frameSize(short byte) (uint64, error) {
	var long [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(c.in, long[6:])
		return binary.BigEndian.Uint64(long[:]), err
	case 127:
		_, err := io.ReadFull(c.in, long[:])
		return binary.BigEndian.Uint64(long[:]), err
	}
	return uint64(short), nil
}
