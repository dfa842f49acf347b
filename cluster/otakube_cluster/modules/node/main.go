// SPDX-License-Identifier: Apache-2.0

// Command node is the smallest program that a node needs: without arguments it
// waits (the sandbox of every pod, and process 1 of the node, which adopts and
// reaps orphans); `node resolve HOST:PORT` looks a name up and connects to it.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "resolve" {
		os.Exit(resolve(os.Args[2]))
	}
	wait()
}

func wait() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGINT)
	for received := range signals {
		if received != syscall.SIGCHLD {
			os.Exit(0)
		}
		for {
			child, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if child <= 0 || err != nil {
				break
			}
		}
	}
}

func resolve(address string) int {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(connection.RemoteAddr())
	return 0
}
