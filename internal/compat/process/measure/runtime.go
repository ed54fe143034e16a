package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// runtime is the Runtime API for one process
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type runtime struct {
	polls   chan time.Time
	events  chan []byte
	replies chan reply
	id      atomic.Int64
}

type reply struct {
	at   time.Time
	body []byte
}

func (rt *runtime) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/invocation/next") {
		rt.polls <- time.Now()
		event, ok := <-rt.events
		if !ok {
			http.Error(w, "over", http.StatusGone)
			return
		}
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", strconv.FormatInt(rt.id.Add(1), 10))
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(29*time.Second).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:210987654321:function:measure")
		h.Set("Content-Type", "application/json")
		_, _ = w.Write(event)
		return
	}
	body, _ := io.ReadAll(r.Body)
	rt.replies <- reply{time.Now(), body}
	w.WriteHeader(http.StatusAccepted)
}

// run starts binary and has it answer requests.
func run(binary string, e *signedEvent, requests, procs int) (sample, error) {
	rt := &runtime{polls: make(chan time.Time, 1), events: make(chan []byte), replies: make(chan reply)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return sample{}, err
	}
	server := &http.Server{Handler: rt}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()

	cmd := exec.Command(binary)
	cmd.Env = append(e.env(), "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String(), "AWS_LAMBDA_FUNCTION_NAME=measure")
	if procs > 0 {
		cmd.Env = append(cmd.Env, "GOMAXPROCS="+strconv.Itoa(procs))
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()

	s := sample{next: (<-rt.polls).Sub(started)}
	rt.events <- e.event
	first := <-rt.replies
	s.first = first.at.Sub(started)
	if !bytes.Contains(first.body, []byte("hello")) {
		return s, fmt.Errorf("reply %s\n%s", first.body, &output)
	}
	ask := func(n int) {
		for range n {
			<-rt.polls
			rt.events <- e.event
			<-rt.replies
		}
	}
	ask(200) // until the heap and the connection are warm
	before, begun := cpu(cmd.Process.Pid), time.Now()
	ask(requests)
	s.wall = time.Since(begun) / time.Duration(requests)
	s.cpu = (cpu(cmd.Process.Pid) - before) / time.Duration(requests)
	s.rss = rss(cmd.Process.Pid)
	return s, nil
}

// cpu is what the process has used, by the kernel's account in nanoseconds for
// each thread.
func cpu(pid int) time.Duration {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	var sum time.Duration
	for _, thread := range threads {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, thread.Name()))
		if err != nil {
			continue
		}
		ns, _ := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
		sum += time.Duration(ns)
	}
	return sum
}

func rss(pid int) int {
	content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(content), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(fields[0])
	return kib
}
