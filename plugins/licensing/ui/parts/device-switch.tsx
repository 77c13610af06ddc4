/** Switching a device off takes its place away; it stays off until somebody switches it on. */
import { $api } from 'patchbay-platform/ui';

interface DeviceOfLicence {
  license_id: string;
  device_id: string;
}

export function useDeviceSwitch() {
  const off = $api.useMutation('post', '/api/admin/deactivate-device');
  const on = $api.useMutation('post', '/api/admin/activate-device');
  return {
    turnOff: ({ license_id, device_id }: DeviceOfLicence) => off.mutateAsync({ body: { license_id, device_id } }),
    turnOn: ({ license_id, device_id }: DeviceOfLicence) => on.mutateAsync({ body: { license_id, device_id } }),
  };
}
