{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* Image reference of a component: dict "root" $ "image" .Values.x.image */}}
{{- define "otakube.image" -}}
{{- $registry := .root.Values.image.registry | trimSuffix "/" -}}
{{- $name := ternary .image.repository (printf "%s/%s" $registry .image.repository) (empty $registry) -}}
{{- if .image.digest -}}
{{ $name }}@{{ .image.digest }}
{{- else -}}
{{ $name }}:{{ .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Labels of a component: dict "root" $ "component" "operator" */}}
{{- define "otakube.labels" -}}
{{ include "otakube.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "otakube.selector" -}}
app.kubernetes.io/name: otakube
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: otakube
{{- end }}

{{- define "otakube.storesSecret" -}}
{{ .Values.stores.existingSecret | default "otakube-stores" }}
{{- end }}

{{- define "otakube.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "otakube.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "otakube.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What admits name resolution. */}}
{{- define "otakube.egressDns" -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
{{- end }}

{{/* What admits the API server: as given, else where the cluster says it is, else every private address. */}}
{{- define "otakube.egressApiServer" -}}
{{- if .Values.networkPolicy.apiServer -}}
- to: {{ .Values.networkPolicy.apiServer | toJson }}
{{- else }}
{{- $slice := lookup "discovery.k8s.io/v1" "EndpointSlice" "default" "kubernetes" }}
{{- if $slice }}
- ports:
    {{- range $slice.ports }}
    - {port: {{ .port }}, protocol: TCP}
    {{- end }}
  to:
    {{- range $slice.endpoints }}{{ range .addresses }}
    - ipBlock: {cidr: "{{ . }}/{{ ternary 128 32 (contains ":" .) }}"}
    {{- end }}{{ end }}
{{- else -}}
- ports: [{port: 443, protocol: TCP}, {port: 6443, protocol: TCP}]
  to:
    - ipBlock: {cidr: 10.0.0.0/8}
    - ipBlock: {cidr: 172.16.0.0/12}
    - ipBlock: {cidr: 192.168.0.0/16}
{{- end }}
{{- end }}
{{- end }}

{{/* What admits the stores: as given, else their usual ports on any pod of the cluster. */}}
{{- define "otakube.egressStores" -}}
{{- if .Values.networkPolicy.stores -}}
{{ .Values.networkPolicy.stores | toYaml }}
{{- else -}}
- ports:
    - {port: 27017, protocol: TCP}
    - {port: 6333, protocol: TCP}
    - {port: 7070, protocol: TCP}
    - {port: 6379, protocol: TCP}
  to: [{namespaceSelector: {}}]
{{- end }}
{{- end }}

{{/* What admits the providers and their images: as given, else the public internet by https. */}}
{{- define "otakube.egressProviders" -}}
{{- if .Values.networkPolicy.providers -}}
{{ .Values.networkPolicy.providers | toYaml }}
{{- else -}}
- ports: [{port: 443, protocol: TCP}, {port: 9001, protocol: TCP}]  # 9001: AniDB's API
  to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
    - ipBlock: {cidr: 2000::/3}
{{- end }}
{{- end }}

{{/* A value as a setting has it: a map as JSON with snake_case keys, a number without exponent. */}}
{{- define "otakube.settingText" -}}
{{- if kindIs "map" . -}}
{{- $named := dict }}
{{- range $key, $value := . }}{{ $_ := set $named (snakecase $key) $value }}{{ end -}}
{{- toJson $named -}}
{{- else if kindIs "float64" . -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end }}
