// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	provisionerName = "otakube.dev/host-folder"
	provisionedBy   = "pv.kubernetes.io/provisioned-by"
	wantedFrom      = "volume.kubernetes.io/storage-provisioner"
)

// provisioner gives each PersistentVolumeClaim a folder of its own under root
// and removes the folder when its volume is released.
type provisioner struct {
	client kubernetes.Interface
	root   string
}

func newProvisionerCommand() *cobra.Command {
	var kubeconfig, root string
	command := &cobra.Command{Use: "volume-provisioner", SilenceUsage: true, RunE: func(command *cobra.Command, _ []string) error {
		config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
		if err != nil {
			return err
		}
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		return provisioner{client, root}.run(command.Context())
	}}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	command.Flags().StringVar(&root, "root", "", "folder that holds one folder per volume")
	return command
}

func (p provisioner) run(ctx context.Context) error {
	factory := informers.NewSharedInformerFactory(p.client, 30*time.Second)
	watch(ctx, factory.Core().V1().PersistentVolumeClaims().Informer(), p.provision)
	watch(ctx, factory.Core().V1().PersistentVolumes().Informer(), p.reclaim)
	factory.Start(ctx.Done())
	<-ctx.Done()
	return nil
}

// watch calls handle for every new or changed object; the resync repeats what failed.
func watch[T any](ctx context.Context, informer cache.SharedIndexInformer, handle func(context.Context, T) error) {
	call := func(object any) {
		if err := handle(ctx, object.(T)); err != nil {
			slog.Error("will try again", "error", err)
		}
	}
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    call,
		UpdateFunc: func(_, object any) { call(object) },
	})
}

func (p provisioner) provision(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	if claim.Spec.VolumeName != "" || claim.Annotations[wantedFrom] != provisionerName || claim.DeletionTimestamp != nil {
		return nil
	}
	name := "claim-" + string(claim.UID)
	folder := filepath.Join(p.root, name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	// The pods run as many different users, and a host folder knows no fsGroup.
	if err := os.Chmod(folder, 0o777); err != nil {
		return err
	}
	_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume(name, folder, claim), meta.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func volume(name, folder string, claim *core.PersistentVolumeClaim) *core.PersistentVolume {
	kind := core.HostPathDirectory
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: provisionerName}},
		Spec: core.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: claim.Spec.Resources.Requests[core.ResourceStorage]},
			ClaimRef:                      &core.ObjectReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			StorageClassName:              *claim.Spec.StorageClassName,
			PersistentVolumeSource:        core.PersistentVolumeSource{HostPath: &core.HostPathVolumeSource{Path: folder, Type: &kind}},
		},
	}
}

func (p provisioner) reclaim(ctx context.Context, volume *core.PersistentVolume) error {
	if volume.Status.Phase != core.VolumeReleased || volume.Annotations[provisionedBy] != provisionerName {
		return nil
	}
	folder := filepath.Join(p.root, volume.Name)
	if volume.Spec.HostPath == nil || volume.Spec.HostPath.Path != folder {
		return fmt.Errorf("volume %s lies outside %s: it is left alone", volume.Name, p.root)
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	err := p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
