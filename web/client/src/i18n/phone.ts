// A phone number as people read it: in groups where we know them, else as it is.
const groups: [RegExp, string][] = [
  [/^\+86(1\d{2})(\d{4})(\d{4})$/, '+86 $1 $2 $3'],
  [/^(1\d{2})(\d{4})(\d{4})$/, '$1 $2 $3'],
  [/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3'],
  [/^\+44(\d{4})(\d{6})$/, '+44 $1 $2'],
];

export function phoneText(phone: string): string {
  const known = groups.find(([shape]) => shape.test(phone));
  return known ? phone.replace(...known) : phone;
}
