// SPDX-License-Identifier: Apache-2.0

// A bare watch loop over the Go standard library: what operator_bench.py and schedule_bench.py compare the operator with.
//
// For each AnimeEnrichment that a watch adds it creates one child Workflow and patches one status, with 16 workers; with
// -schedules for each EpisodeSchedule one AnimeEnrichment of its first airing. It keeps nothing, checks nothing, repeats nothing: no controller can do its two writes with less.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

type object struct {
	Metadata struct {
		Name            string `json:"name"`
		UID             string `json:"uid"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Spec struct {
		Anime   json.RawMessage `json:"anime"`
		Airings []struct {
			Episode int    `json:"episode"`
			AirTime string `json:"airTime"`
		} `json:"airings"`
	} `json:"spec"`
}

type event struct {
	Type   string `json:"type"`
	Object object `json:"object"`
}

type api struct {
	client          *http.Client
	server, token   string
	enrichments, wf string
	schedules       string
}

func main() {
	server := flag.String("server", "", "URL of the API server")
	authority := flag.String("authority", "", "PEM file")
	namespace := flag.String("namespace", "", "namespace to watch")
	workers := flag.Int("workers", 16, "children made at once")
	schedules := flag.Bool("schedules", false, "watch EpisodeSchedules instead of AnimeEnrichments")
	flag.Parse()
	pem, err := os.ReadFile(*authority)
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 64}
	a := api{
		client:      &http.Client{Transport: transport},
		server:      *server,
		token:       os.Getenv("TOKEN"),
		enrichments: "/apis/otakube.dev/v1alpha1/namespaces/" + *namespace + "/animeenrichments",
		wf:          "/apis/argoproj.io/v1alpha1/namespaces/" + *namespace + "/workflows",
		schedules:   "/apis/otakube.dev/v1alpha1/namespaces/" + *namespace + "/episodeschedules",
	}
	watched, handle := a.enrichments, a.handle
	if *schedules {
		watched, handle = a.schedules, a.handleSchedule
	}
	added := make(chan object, 4096)
	for range *workers {
		go func() {
			for each := range added {
				handle(each)
			}
		}()
	}
	a.watch(watched, added)
}

func (a *api) watch(path string, added chan<- object) {
	response := a.call("GET", path+"?watch=true", "", nil)
	defer response.Body.Close()
	fmt.Println("watching")
	decoder := json.NewDecoder(response.Body)
	for {
		var each event
		if err := decoder.Decode(&each); err != nil {
			return
		}
		if each.Type == "ADDED" {
			added <- each.Object
		}
	}
}

func (a *api) handle(each object) {
	name := each.Metadata.Name + "-1-00000000"
	a.write("POST", a.wf, "application/json", map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
		"metadata": map[string]any{
			"name":   name,
			"labels": map[string]any{"otakube.dev/enrichment-uid": each.Metadata.UID},
			"ownerReferences": []any{map[string]any{
				"apiVersion": "otakube.dev/v1alpha1", "kind": "AnimeEnrichment", "controller": true,
				"name": each.Metadata.Name, "uid": each.Metadata.UID,
			}},
		},
		"spec": map[string]any{
			"workflowTemplateRef": map[string]any{"name": "otakube-enrich-anime"},
			"arguments": map[string]any{"parameters": []any{
				map[string]any{"name": "enrichment", "value": each.Metadata.Name},
				map[string]any{"name": "uid", "value": each.Metadata.UID},
			}},
		},
	})
	a.write("PATCH", a.enrichments+"/"+each.Metadata.Name+"/status", "application/merge-patch+json", map[string]any{
		"status": map[string]any{
			"observedGeneration": 1,
			"workflow":           map[string]any{"name": name, "generation": 1, "attempt": 1, "phase": ""},
			"conditions": []any{map[string]any{
				"type": "Ready", "status": "Unknown", "reason": "WorkflowStarting", "observedGeneration": 1,
				"message":            "Workflow " + name + " waits for the Argo controller.",
				"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
			}},
		},
	})
}

func (a *api) handleSchedule(each object) {
	airing := each.Spec.Airings[0]
	name := fmt.Sprintf("%s-ep%d-00000000", each.Metadata.Name, airing.Episode)
	a.write("POST", a.enrichments, "application/json", map[string]any{
		"apiVersion": "otakube.dev/v1alpha1", "kind": "AnimeEnrichment",
		"metadata": map[string]any{
			"name": name,
			"labels": map[string]any{
				"app.kubernetes.io/managed-by": "bare-loop", "app.kubernetes.io/part-of": "otakube",
				"otakube.dev/schedule-uid": each.Metadata.UID, "otakube.dev/schedule": each.Metadata.Name,
				"otakube.dev/episode": fmt.Sprint(airing.Episode),
			},
			"annotations": map[string]any{"otakube.dev/scheduled-at": airing.AirTime},
			"ownerReferences": []any{map[string]any{
				"apiVersion": "otakube.dev/v1alpha1", "kind": "EpisodeSchedule", "controller": true,
				"blockOwnerDeletion": true, "name": each.Metadata.Name, "uid": each.Metadata.UID,
			}},
		},
		"spec": map[string]any{"anime": each.Spec.Anime, "mode": "EpisodeUpdate", "episode": airing.Episode},
	})
	a.write("PATCH", a.schedules+"/"+each.Metadata.Name+"/status", "application/merge-patch+json", map[string]any{
		"status": map[string]any{
			"observedGeneration": 1, "lastScheduleTime": airing.AirTime,
			"recentTicks": []any{map[string]any{
				"dueTime": airing.AirTime, "airTime": airing.AirTime, "episode": airing.Episode,
				"outcome": "Created", "reason": "EnrichmentCreated", "enrichment": name,
			}},
			"conditions": []any{map[string]any{
				"type": "Ready", "status": "True", "reason": "NoAiringKnown", "observedGeneration": 1,
				"message":            "Every time in spec.airings has passed or lies after spec.until.",
				"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
			}},
		},
	})
}

func (a *api) write(method, path, kind string, body any) {
	text, err := json.Marshal(body)
	check(err)
	response := a.call(method, path, kind, bytes.NewReader(text))
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode >= 300 {
		log.Fatalf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
}

func (a *api) call(method, path, kind string, body io.Reader) *http.Response {
	request, err := http.NewRequest(method, a.server+path, body)
	check(err)
	request.Header.Set("Authorization", "Bearer "+a.token)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := a.client.Do(request)
	check(err)
	return response
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
