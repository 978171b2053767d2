import { expect, it, vi } from 'vitest'
import { findRegion } from '@/account/find-region'

const TREE: Record<string, { code: string; name: string; leaf: boolean }[]> = {
  '': [{ code: '31', name: '上海市', leaf: false }, { code: '33', name: '浙江省', leaf: false }],
  31: [{ code: '310104', name: '徐汇区', leaf: false }, { code: '310106', name: '静安区', leaf: false }],
  33: [{ code: '3301', name: '杭州市', leaf: false }, { code: '3302', name: '宁波市', leaf: false }],
  3301: [{ code: '330106', name: '西湖区', leaf: false }],
}
vi.mock('@/api/shop', () => ({ getRegions: (parent: string) => Promise.resolve(TREE[parent] ?? []) }))

it('finds what WeChat names, in provinces and in municipalities, whose city level we have not', async () => {
  const names = async (...given: string[]) => (await findRegion(given)).map((one) => one.name)
  expect(await names('浙江省', '杭州市', '西湖区')).toEqual(['浙江省', '杭州市', '西湖区'])
  expect(await names('上海市', '上海市', '徐汇区')).toEqual(['上海市', '徐汇区'])
  expect(await names('上海市', '市辖区', '徐汇区')).toEqual(['上海市', '徐汇区'])
  expect(await names('浙江省', '温州市', '鹿城区')).toEqual(['浙江省'])
})
