// The parts of tdesign that the console uses, registered once. Tables, states and layout are our own.
import {
  Button,
  Checkbox,
  CheckboxGroup,
  DateRangePicker,
  Dialog,
  Drawer,
  Dropdown,
  DropdownItem,
  DropdownMenu,
  Input,
  InputNumber,
  Loading,
  Option,
  Popup,
  Radio,
  RadioButton,
  RadioGroup,
  Select,
  Switch,
  TagInput,
  Textarea,
  TimePicker,
  Tooltip,
  TreeSelect,
} from 'tdesign-vue-next'
import type { App } from 'vue'

const PARTS = {
  TButton: Button,
  TCheckbox: Checkbox,
  TCheckboxGroup: CheckboxGroup,
  TDateRangePicker: DateRangePicker,
  TDialog: Dialog,
  TDrawer: Drawer,
  TDropdown: Dropdown,
  TDropdownItem: DropdownItem,
  TDropdownMenu: DropdownMenu,
  TInput: Input,
  TInputNumber: InputNumber,
  TLoading: Loading,
  TOption: Option,
  TPopup: Popup,
  TRadio: Radio,
  TRadioButton: RadioButton,
  TRadioGroup: RadioGroup,
  TSelect: Select,
  TSwitch: Switch,
  TTagInput: TagInput,
  TTextarea: Textarea,
  TTimePicker: TimePicker,
  TTooltip: Tooltip,
  TTreeSelect: TreeSelect,
}

export function registerComponents(app: App): void {
  for (const [name, component] of Object.entries(PARTS)) app.component(name, component)
}
