/** What the web UI shows of licensing: to owners and administrators their licences, to super-admins all. */
import type { PluginPages } from '#core/plugin.ts';
import { LICENCES_MANAGE, LICENCES_READ } from './access.ts';

export const pages: PluginPages = {
  navigation: [
    {
      id: 'licences',
      title: { en: 'Licences', zh: '许可证' },
      path: '/licences',
      icon: 'certificate',
      order: 10,
      access: LICENCES_READ,
    },
    {
      id: 'products',
      title: { en: 'Products', zh: '产品' },
      path: '/licences/products',
      icon: 'package',
      order: 20,
      access: LICENCES_READ,
    },
    {
      id: 'devices',
      title: { en: 'Devices', zh: '设备' },
      path: '/licences/all-devices',
      icon: 'devices',
      order: 30,
      access: LICENCES_READ,
    },
    {
      id: 'import',
      title: { en: 'Import and export', zh: '导入与导出' },
      path: '/licences/import',
      icon: 'database',
      order: 40,
      access: LICENCES_MANAGE,
    },
    {
      id: 'signingKeys',
      title: { en: 'Signing keys', zh: '签名密钥' },
      path: '/licences/signing-keys',
      icon: 'key',
      order: 50,
      access: 'superadmin',
    },
  ],
  cards: [{ id: 'figures', title: { en: 'Licences', zh: '许可证' }, access: LICENCES_READ, width: 1 }],
  commands: [
    {
      id: 'goLicences',
      title: { en: 'Go to licences', zh: '前往许可证' },
      path: '/licences',
      shortcut: 'g i',
      access: LICENCES_READ,
    },
    {
      id: 'newLicence',
      title: { en: 'Make a licence', zh: '新建许可证' },
      path: '/licences?new=1',
      access: LICENCES_MANAGE,
    },
    {
      id: 'newProduct',
      title: { en: 'Make a product', zh: '新建产品' },
      path: '/licences/products?new=1',
      access: LICENCES_MANAGE,
    },
  ],
};
