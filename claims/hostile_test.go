package claims_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// However an event is laid out, reading who is calling takes memory with its
// size, not with the square of it.
func TestManyMembersTakeMemoryInProportion(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	const n = 50000
	for name, format := range map[string]string{"plain": `"%06x":0,`, "escaped": `"\u0061%06x":"\n",`, "objects": `"%06x":{"a":0},`} {
		var members strings.Builder
		for i := range n {
			fmt.Fprintf(&members, format, i)
		}
		for front, authorizer := range map[adapter.Format]string{
			adapter.HTTPAPIV2: `{"jwt":{"claims":{` + members.String() + `"sub":"ada"}}}`,
			adapter.RESTAPI:   `{` + members.String() + `"principalId":"ada"}`,
		} {
			e := anyone
			if front == adapter.RESTAPI {
				e = lambdaOnly(nil)
			}
			event := []byte(eventOf(front, authorizer))
			r := requestFrom(t, front, "")
			bytes := bytesPerRun(1, func() {
				parsed, err := adapter.ParseEvent(event)
				if err != nil {
					t.Fatal(err)
				}
				identify(t, e, r.WithContext(adapter.NewContext(r.Context(), parsed)))
			})
			if perByte := float64(bytes) / float64(len(event)); perByte > 20 {
				t.Errorf("%s on %v: %.1f bytes allocated for each of the event", name, front, perByte)
			} else {
				t.Logf("%s on %v: %.1f", name, front, perByte)
			}
		}
	}
}
