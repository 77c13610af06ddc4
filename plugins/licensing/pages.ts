/** What the web UI shows of licensing: to owners and administrators their licences, to super-admins all. */
import type { PluginPages } from '#core/plugin.ts';
import { LICENCES_MANAGE, LICENCES_READ } from './access.ts';

export const pages: PluginPages = {
  navigation: [
    {
      id: 'products',
      title: { en: 'Products', zh: '产品' },
      path: '/sales/products',
      area: 'sales',
      icon: 'package',
      order: 10,
      access: LICENCES_READ,
      words: { en: 'software sell app', zh: '软件 商品' },
    },
    {
      id: 'licences',
      title: { en: 'Licences', zh: '许可证' },
      path: '/sales/licences',
      area: 'sales',
      icon: 'certificate',
      order: 20,
      access: LICENCES_READ,
      words: { en: 'licenses license keys serial activation', zh: '授权 授权码 序列号' },
    },
    {
      id: 'devices',
      title: { en: 'Devices', zh: '设备' },
      path: '/sales/devices',
      area: 'sales',
      below: 'licences',
      icon: 'devices',
      order: 21,
      access: LICENCES_READ,
      words: { en: 'machines computers activations', zh: '机器 电脑 激活' },
    },
    {
      id: 'import',
      title: { en: 'Import licences', zh: '导入许可证' },
      path: '/sales/licences/import',
      area: 'sales',
      below: 'licences',
      icon: 'database',
      order: 22,
      access: LICENCES_MANAGE,
      words: { en: 'export csv move licenses', zh: '导出 迁移' },
    },
    {
      id: 'signingKeys',
      title: { en: 'Signing keys', zh: '签名密钥' },
      path: '/sales/licences/signing-keys',
      area: 'sales',
      below: 'licences',
      icon: 'key',
      order: 23,
      access: 'superadmin',
      words: { en: 'offline public key ed25519 rotate', zh: '离线 公钥 轮换' },
    },
  ],
  cards: [{ id: 'figures', title: { en: 'Licences', zh: '许可证' }, access: LICENCES_READ, width: 1 }],
  commands: [
    {
      id: 'goLicences',
      title: { en: 'Go to licences', zh: '前往许可证' },
      path: '/sales/licences',
      shortcut: 'g i',
      access: LICENCES_READ,
    },
    {
      id: 'newLicence',
      title: { en: 'Make a licence', zh: '新建许可证' },
      path: '/sales/licences?new=1',
      access: LICENCES_MANAGE,
    },
    {
      id: 'newProduct',
      title: { en: 'Make a product', zh: '新建产品' },
      path: '/sales/products?new=1',
      access: LICENCES_MANAGE,
    },
  ],
};
