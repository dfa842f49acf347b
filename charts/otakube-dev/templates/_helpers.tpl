{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* Image reference: dict "root" $ "image" .Values.x.image */}}
{{- define "otakube-dev.image" -}}
{{- $registry := .root.Values.image.registry | trimSuffix "/" -}}
{{- $name := ternary .image.repository (printf "%s/%s" $registry .image.repository) (empty $registry) -}}
{{- if .image.digest -}}
{{ $name }}@{{ .image.digest }}
{{- else -}}
{{ $name }}:{{ .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "otakube-dev.selector" -}}
app.kubernetes.io/name: otakube-dev
app.kubernetes.io/component: {{ .name }}
app.kubernetes.io/part-of: otakube-dev
{{- end }}

{{- define "otakube-dev.labels" -}}
{{ include "otakube-dev.selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "otakube-dev.container" -}}
image: {{ include "otakube-dev.image" (dict "root" .root "image" .image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/*
One stand-in: dict "root" $ "name" "vectors" "port" 6333 "args" (list) "env" (list of EnvVar) "probe" (a probe's action)
"init" (a container, optional). With .Values.<name>.storage it keeps a volume at /data.
*/}}
{{- define "otakube-dev.server" -}}
{{- $values := index .root.Values .name }}
apiVersion: v1
kind: Service
metadata:
  name: otakube-{{ .name }}
  labels: {{- include "otakube-dev.labels" . | nindent 4 }}
spec:
  selector: {{- include "otakube-dev.selector" . | nindent 4 }}
  ports:
    - {name: main, port: {{ .port }}, targetPort: main}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: otakube-{{ .name }}
  labels: {{- include "otakube-dev.labels" . | nindent 4 }}
spec:
  replicas: 1
  serviceName: otakube-{{ .name }}
  selector:
    matchLabels: {{- include "otakube-dev.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "otakube-dev.labels" . | nindent 8 }}
      {{- with .root.Values.image.revision }}
      annotations: {otakube.dev/image-revision: {{ . | quote }}}
      {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false  # a Service named like a setting would overwrite it
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      terminationGracePeriodSeconds: 15
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile: {type: RuntimeDefault}
      {{- with .init }}
      initContainers:
        - {{- toYaml . | nindent 10 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          {{- include "otakube-dev.container" (dict "root" .root "image" $values.image) | nindent 10 }}
          {{- with .args }}
          args: {{- toYaml . | nindent 12 }}
          {{- end }}
          env:
            {{- with .env }}{{ toYaml . | nindent 12 }}{{ end }}
            {{- range $key, $value := $values.env }}
            - {name: {{ $key }}, value: {{ $value | quote }}}
            {{- end }}
            - {name: HOME, value: /tmp}
          ports:
            - {name: main, containerPort: {{ .port }}}
          startupProbe: {{- merge (dict "periodSeconds" 1 "failureThreshold" 120 "timeoutSeconds" 3) .probe | toYaml | nindent 12 }}
          readinessProbe: {{- merge (dict "periodSeconds" 5 "timeoutSeconds" 5) .probe | toYaml | nindent 12 }}
          livenessProbe: {{- merge (dict "periodSeconds" 15 "timeoutSeconds" 10) .probe | toYaml | nindent 12 }}
          resources: {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- if $values.storage }}
            - {name: data, mountPath: /data}
            {{- end }}
      volumes:
        - {name: tmp, emptyDir: {sizeLimit: 512Mi}}
  {{- if $values.storage }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .root.Values.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: {requests: {storage: {{ $values.storage }}}}
  {{- end }}
{{- end }}
