package browser_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/chat"
	"github.com/gatehouse-go/gatehouse/examples/machines/caller"
)

// TestChat: two browsers talk, a third in another room hears nothing of it, and a
// ticket is good for one connection from the chat's own pages.
func TestChat(t *testing.T) {
	modules, browser := parts(t)
	quiet(t)
	type person struct {
		Room  string `json:"room"`
		Token string `json:"token"`
	}
	issuer := newIssuer(t, true)
	people := map[string]person{}
	for name, room := range map[string]string{"ada": "harbor", "bob": "harbor", "eve": "reef"} {
		people[name] = person{room, token(t, issuer, map[string]any{"sub": name, "scope": chat.Scope})}
	}

	const apiID = "a1b2c3d4e5"
	pages, sockets := http.NewServeMux(), httptest.NewUnstartedServer(nil)
	app, api := open(t, pages), "//"+sockets.Listener.Addr().String()+"/prod"
	keys := &gateway.SigV4{Keys: map[string]gateway.SigningKey{"AKIDTEST": {Secret: "secret"}}}
	sender, err := chat.NewManagement(caller.IAM(credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""), "eu-central-1"), "http:"+api)
	if err != nil {
		t.Fatal(err)
	}
	memory := new(chat.Memory)
	s := &chat.Service{
		Tickets: memory, Connections: memory, Sender: sender,
		Members: map[string][]string{"harbor": {"ada", "bob"}, "reef": {"eve"}},
		Origins: []string{app}, API: apiID,
	}
	function := adapter.New(s.Handler(claims.MustNew(claims.Config{Issuers: []string{issuer.URL()}})), &adapter.Options{Fallback: s.Fallback()})
	pages.HandleFunc("GET /", page)
	pages.Handle("POST /rooms/", gateway.MustNew(gateway.Config{
		Function:   function,
		Authorizer: &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: []string{"app"}, Verify: issuer.Verify},
	}))
	socketAPI := gateway.MustNew(gateway.Config{
		Function: function, Format: adapter.WebSocketAPI, APIID: apiID, Management: &gateway.IAMAuthorizer{Verify: keys.Verify},
	})
	sockets.Config.Handler = socketAPI
	sockets.Start()
	t.Cleanup(sockets.Close)
	t.Cleanup(socketAPI.Close) // first

	scene, err := json.Marshal(map[string]any{
		"page": app, "stranger": open(t, http.HandlerFunc(page)), "sockets": "ws:" + api, "people": people,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "chat.mjs", modules, browser, string(scene))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chat.mjs: %v", err)
	}
	type outcome struct{ Foreign, Own, Again string }
	var got struct {
		Joined map[string]outcome
		Heard  map[string][]string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want := outcome{Foreign: "refused", Own: chat.Subprotocol, Again: "refused"}
	if !maps.Equal(got.Joined, map[string]outcome{"ada": want, "bob": want, "eve": want}) {
		t.Errorf("joined: %+v", got.Joined)
	}
	talk := []string{"ada: ahoy", "bob: Möwe 🌊"}
	heard := map[string][]string{"ada": talk, "bob": talk, "eve": {"eve: anybody here?"}}
	if !maps.EqualFunc(got.Heard, heard, slices.Equal) {
		t.Errorf("heard: %v, want %v", got.Heard, heard)
	}
}
