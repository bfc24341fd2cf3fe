/** An order as the e-commerce specification has it: arrays of objects, nested objects, every type of JSON. */
export const AN_ORDER = {
  order_id: '50314b8e9bcf000000000000',
  total: 27.5,
  revenue: 25,
  currency: 'USD',
  coupon: 'hasbros',
  gift: false,
  shipping: { method: 'post', address: { city: 'Zürich', lines: ['1', 'zwei'] } },
  products: [
    {
      product_id: '507f1f77bcf86cd799439011',
      price: 19.5,
      quantity: 1,
      tags: ['game', 'family'],
      stock: { a: 1 },
    },
    { product_id: '505bd76785ebb509fc183733', price: 3, quantity: 2, name: 'UNO – 日本語 😀' },
  ],
};
